import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '@understudy/shared/runtime/logger';
import { untilStored } from './until-stored.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const logger = createLogger({ role: 'test', level: 'silent' });
const clock = { now: () => Date.now(), monotonic: () => Date.now() };
const options = { clock, logger, boundMs: 5_000, what: 'a thing' };

function failing(times: number) {
  let calls = 0;
  return {
    calls: () => calls,
    work: async () => {
      calls += 1;
      if (calls <= times) throw new Error(`away ${calls}`);
      return 'stored';
    },
  };
}

it('goes on until the ledger takes it', async () => {
  const { work, calls } = failing(3);
  const stored = untilStored(work, options);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await stored).toBe('stored');
  expect(calls()).toBe(4);
});

it('gives up at its bound, with the last error', async () => {
  const stored = untilStored(failing(Number.POSITIVE_INFINITY).work, options).catch((error: Error) => error);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await stored).toMatchObject({ message: expect.stringMatching(/^away 1\d$/) });
});

it('gives up as soon as nobody wants it', async () => {
  const { work, calls } = failing(Number.POSITIVE_INFINITY);
  await expect(untilStored(work, { ...options, isWanted: () => false })).rejects.toThrow('away 1');
  expect(calls()).toBe(1);
});
