import { expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import { runQueries } from './run-queries.ts';

it('submits nothing more once one lane has failed, and gives up what waits', async () => {
  const signals: AbortSignal[] = [];
  const submit = async (_job: unknown, { signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    if (signals.length === 1) throw new Error('the first one');
    signal.throwIfAborted();
    return { finishedAt: '2026-01-01T00:00:00.000Z' };
  };
  const ran = runQueries({
    client: { classifications: { submit } } as unknown as Client,
    queries: Array.from({ length: 20 }, (_, index) => ({ text: `Question ${index}`, category: 'any' })),
    classifier: 'any',
    provider: null,
    concurrency: 2,
    onAnswer: () => {},
    onWait: () => {},
  });
  await expect(ran).rejects.toThrow('the first one');
  expect(signals.length).toBeLessThan(20);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
