import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../shared/src/testing/eventually.ts';
import { PRIMARY_ANSWER, type Pair } from './support/pair.ts';
import { openStage, type Stage } from './support/stage.ts';

let stage: Stage;
let pair: Pair;
beforeAll(async () => {
  stage = await openStage();
  const longTimeout = { timeoutMs: 60_000 };
  pair = await stage.createPair('openai', { primary: longTimeout });
  // So that nobody is started beside one that keeps silent.
  const body = JSON.stringify({ hedgeAfterMs: 60_000, dispatchBudgetMs: 60_000, hedgeMaxShare: 0 });
  await stage.product.call('/api/providers/config', { method: 'POST', body });
});
afterAll(async () => {
  await pair.dismiss();
  await stage.close();
});

const JOB = { text: 'My card was charged twice', labels: ['praise', 'bug', 'billing'] };
const submit = () => {
  const providers = [pair.primary.name];
  return stage.client.classifications.submit({ ...JOB, providers, explain: true });
};
const list = (state: 'processing' | 'cancelled') => stage.client.classifications.list({ state: [state] });

it('cancels a job in mid call, which hangs up at its vendor, and has it answered by a retry', async () => {
  const { vendor } = pair.primary;
  const { classifications } = stage.client;
  vendor.respondWith({ kind: 'hang' });
  const calling = vendor.nextCall();
  const { id } = await submit();
  const { droppedByClient } = await calling;
  const waiting = classifications.wait(id, { timeoutMs: 30_000 });
  expect(await classifications.cancel(id)).toMatchObject({
    state: 'cancelled',
    error: { code: 'cancelled' },
  });
  expect((await classifications.cancel(id)).state).toBe('cancelled');
  await droppedByClient;
  expect((await waiting).state).toBe('cancelled');
  await eventually(async () =>
    expect((await classifications.get(id)).attempts).toMatchObject([
      { number: 1, outcome: 'aborted', fault: null, pricing: 'estimated' },
    ]),
  );
  const { provider } = await stage.client.providers.read(pair.primary.name);
  expect(provider.status.circuit).toBe('closed');

  // Queued, or already with a worker.
  expect((await classifications.retry(id)).error).toBeNull();
  const answered = await classifications.wait(id, { timeoutMs: 30_000 });
  expect(answered).toMatchObject({
    state: 'succeeded',
    result: { label: PRIMARY_ANSWER },
    attempts: [
      { number: 1, outcome: 'aborted' },
      { number: 2, outcome: 'succeeded' },
    ],
  });
  const [cut, made] = answered.attempts;
  expect(answered.usage.costUsd).toBeCloseTo((cut?.costUsd ?? 0) + (made?.costUsd ?? 0), 9);
  await expect(classifications.retry(id)).rejects.toMatchObject({ code: 'not_retryable' });
  await expect(classifications.cancel(id)).rejects.toMatchObject({ code: 'already_final' });

  expect((await classifications.correct(id, ['billing'])).correction?.labels).toEqual(['billing']);
  const erased = await classifications.erase(id);
  expect(erased).toMatchObject({ state: 'succeeded', text: null, result: null, correction: null });
  expect(erased.usage).toEqual(answered.usage);
});

it('cancels and retries in bulk what waits and what is being worked on', async () => {
  const { vendor } = pair.primary;
  const { classifications } = stage.client;
  vendor.respondAlways({ kind: 'hang' });
  for (let job = 0; job < 40; job += 1) await submit();
  await eventually(async () => (await list('processing')).data.length > 0);
  const filter = { from: '2020-01-01' };
  const dry = await classifications.bulk({ action: 'cancel', filter, dryRun: true });
  expect(dry).toEqual({ matched: 40, changed: 0 });
  expect(await classifications.bulk({ action: 'cancel', filter })).toEqual({ matched: 40, changed: 40 });
  await Promise.all(
    vendor
      .calls()
      .slice(-1)
      .map(({ droppedByClient }) => droppedByClient),
  );
  expect((await list('cancelled')).data).toHaveLength(40);

  vendor.respondAlways({ kind: 'answer' });
  expect(await classifications.bulk({ action: 'retry', filter })).toEqual({ matched: 40, changed: 40 });
  await eventually(
    async () => {
      const { data } = await classifications.list({ state: ['succeeded'], provider: pair.primary.name });
      return data.length === 41;
    },
    { timeoutMs: 30_000 },
  );
});
