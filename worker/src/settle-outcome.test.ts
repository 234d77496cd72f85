import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { expect, it, vi } from 'vitest';
import type { Outcome } from './handlers/handler.ts';
import { settleOutcome } from './settle-outcome.ts';

async function settle(outcome: Outcome) {
  const delayed: { untilMs: number; token: string | undefined }[] = [];
  const job = {
    moveToDelayed: async (untilMs: number, token?: string) => void delayed.push({ untilMs, token }),
  } as unknown as Job;
  const signal = await settleOutcome(job, 'lock', outcome).then(
    () => null,
    (error: unknown) => error,
  );
  return { signal, delayed };
}

it('completes what is done', async () => {
  expect(await settle({ kind: 'done' })).toEqual({ signal: null, delayed: [] });
});

it('puts off what is deferred, under the lock that it holds', async () => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(1_000);
  const { signal, delayed } = await settle({ kind: 'defer', forMs: 42 });
  now.mockRestore();
  expect(signal).toBeInstanceOf(DelayedError);
  expect(delayed).toEqual([{ untilMs: 1_042, token: 'lock' }]);
});

it('puts a retry off for a moment', async () => {
  const { signal, delayed } = await settle({ kind: 'retry' });
  expect(signal).toBeInstanceOf(DelayedError);
  expect(delayed[0]?.untilMs).toBeGreaterThan(Date.now());
});

it('ends what is rejected for good', async () => {
  expect((await settle({ kind: 'reject', reason: 'no such job' })).signal).toBeInstanceOf(UnrecoverableError);
});
