import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useNow } from './use-now.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ticks while anybody looks, on one timer, and not after', () => {
  const [first, second] = [effectScope(), effectScope()];
  const now = first.run(useNow);
  second.run(useNow);
  expect(vi.getTimerCount()).toBe(1);
  const before = now?.value.getTime() ?? 0;
  vi.advanceTimersByTime(3_000);
  expect((now?.value.getTime() ?? 0) - before).toBe(3_000);
  first.stop();
  expect(vi.getTimerCount()).toBe(1);
  second.stop();
  expect(vi.getTimerCount()).toBe(0);
});
