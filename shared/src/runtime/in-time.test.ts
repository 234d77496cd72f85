import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTime } from './in-time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tooLate = () => new Error('Too late');

it('gives what comes in time, or its error, and leaves no timer', async () => {
  expect(await inTime(Promise.resolve(1), 500, tooLate)).toBe(1);
  await expect(inTime(Promise.reject(new Error('Broken')), 500, tooLate)).rejects.toThrow('Broken');
  expect(vi.getTimerCount()).toBe(0);
});

it('waits for no longer than the limit', async () => {
  const work = inTime(new Promise(() => {}), 500, tooLate);
  await Promise.all([expect(work).rejects.toThrow('Too late'), vi.advanceTimersByTimeAsync(500)]);
});
