import { hintCancelled } from '@understudy/shared/jobs/cancel-hints';
import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import { eraseJobs } from '@understudy/shared/store/jobs/erase-jobs';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { eventually } from '@understudy/shared/testing/eventually';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import type { FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTellEndsHandler } from './handlers/tell-ends.ts';
import { createAdapter } from './llm/registry.ts';
import { createEngineBed, type EngineBed } from './testing/engine-bed.ts';
import { answer, fail, gate } from './testing/fake-adapter.ts';

const cancel = ({ store }: EngineBed, id: string) => cancelJobs(store, [id], { erasesText: false });
const retry = ({ store }: EngineBed, id: string) => retryJobs(store, [id], { evenUntold: true });

describe('the call of a cancelled job', () => {
  let bed: EngineBed;
  let vendor: FakeVendor;
  beforeAll(async () => {
    bed = await createEngineBed({
      createAdapter: (connection, deps) =>
        createAdapter({ ...connection, apiKey: 'sk-rehearsal-0123' }, deps),
    });
    await bed.cancelListener.start();
  });
  beforeEach(async () => {
    vendor = await startFakeOpenAi();
    vendor.respondAlways({ kind: 'hang' });
    await bed.reset();
    const configuration = { timeoutMs: 60_000 };
    await bed.addProvider({ type: 'openai', baseUrl: vendor.url, configuration });
  });
  afterEach(() => vendor.stop());
  afterAll(async () => {
    await bed.cancelListener.stop();
    await bed.close();
  });

  it('is hung up at its vendor at the hint, long before a lease is renewed', async () => {
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => vendor.requests.length === 1);
    await cancel(bed, _id);
    await eventually(async () => {
      await hintCancelled(bed.redis, bed.prefix, ['job_other', _id]);
      return bed.claims.size === 0;
    });
    await running;
    await vendor.requests[0]?.droppedByClient;
    expect(await bed.readTrail(_id)).toMatchObject([{ outcome: 'aborted', fault: null }]);
    const [attempt] = await bed.readAttempts(_id);
    expect(attempt).toMatchObject({ pricing: 'estimated', message: expect.stringContaining('cancelled') });
    expect((await bed.readJob(_id)).usage).toMatchObject({ pricing: 'estimated' });
  });

  it('says nothing about its provider', async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      const { _id } = await bed.submit();
      const running = bed.start(_id);
      await eventually(() => vendor.requests.length === turn + 1);
      await cancel(bed, _id);
      await bed.claims.look([_id]);
      await running;
    }
    vendor.respondAlways({ kind: 'answer' });
    expect(await bed.execute((await bed.submit())._id)).toMatchObject({ state: 'succeeded' });
    expect(bed.counted.at(-1)?.circuit).toBe('closed');
  });

  it('goes on at a hint that is not true', async () => {
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => vendor.requests.length === 1);
    await bed.claims.look([_id]);
    expect(bed.claims.size).toBe(1);
    await cancel(bed, _id);
    await bed.claims.look([_id]);
    await running;
  });
});

describe('a frozen worker of an earlier generation', () => {
  let bed: EngineBed;
  beforeAll(async () => {
    bed = await createEngineBed();
  });
  beforeEach(() => bed.reset());
  afterAll(() => bed.close());

  it.each([
    ['an answer', answer('bug'), { outcome: 'succeeded', costNanoUsd: 200_000 }],
    ['a failure', fail('server_error', { status: 503 }), { outcome: 'failed', fault: 'server_error' }],
  ])('does no harm when it wakes with %s after cancel, retry and a new claim', async (_, late, attempt) => {
    const [frozen, awake] = [gate(), gate()];
    const provider = await bed.addProvider();
    const spare = await bed.addProvider({ name: 'spare', priority: 99 });
    provider.will(frozen.behind(late), awake.behind(answer('billing')));
    const { _id } = await bed.submit();
    const old = bed.start(_id);
    await eventually(() => provider.calls.length === 1);
    // It hears of nothing: no hint, no renewal.
    await cancel(bed, _id);
    await retry(bed, _id);
    const running = bed.start(_id);
    await eventually(() => provider.calls.length === 2);
    const before = await bed.readJob(_id);

    frozen.open();
    // Where it fails, its next step asks the ledger, which refuses it.
    await old;
    await bed.relay.flush();
    expect(await bed.readJob(_id)).toEqual(before);
    expect(before).toMatchObject({ state: 'processing', generation: 2 });
    expect(spare.calls).toHaveLength(0);
    expect(await bed.readFailovers(_id)).toEqual([]);

    awake.open();
    await running;
    expect(await bed.readJob(_id)).toMatchObject({ state: 'succeeded', result: { label: 'billing' } });
    const [first, second] = await bed.readAttempts(_id);
    expect(first).toMatchObject({ number: 1, ...attempt });
    expect(second).toMatchObject({ number: 2, outcome: 'succeeded' });
    const costs = [first, second].reduce((sum, { costNanoUsd } = {} as never) => sum + (costNanoUsd ?? 0), 0);
    expect((await bed.readJob(_id)).usage.costNanoUsd).toBe(costs);
  });

  it('brings nothing back of a job that was erased meanwhile', async () => {
    const { open, behind } = gate();
    const provider = await bed.addProvider();
    provider.will(behind(fail('server_error', { message: 'Said: My card was charged twice' })));
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => provider.calls.length === 1);
    await eraseJobs(bed.store, [_id]);
    open();
    await running;
    const stored = JSON.stringify([await bed.readJob(_id), await bed.readAttempts(_id)]);
    expect(stored).not.toContain('charged');
  });

  it('tells an end that was made elsewhere, once', async () => {
    const { _id } = await bed.submit();
    await cancel(bed, _id);
    const tell = createTellEndsHandler(bed);
    await tell({ jobIds: [_id, 'job_nobody'] });
    await tell({ jobIds: [_id] });
    const events = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
    const told = events.map(([, fields]) => JSON.parse(fields[1] ?? '') as { id: string });
    expect(told.filter(({ id }) => id === _id)).toMatchObject([{ type: 'job.updated', state: 'cancelled' }]);
    expect((await bed.readJob(_id)).announce).toBeUndefined();
  });
});
