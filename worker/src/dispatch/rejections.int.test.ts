import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { eventually } from '@understudy/shared/testing/eventually';
import { FLAGGED } from '../testing/build-provider.ts';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';
import { answer, fail, stayAway } from '../testing/fake-adapter.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterAll(() => bed.close());

describe('a provider that turned the job down', () => {
  const change = async (id: string, values: object) => {
    await bed.store.providers.updateOne({ _id: id }, values);
    await bed.pool.reload();
  };

  it.each(['bad_request', 'context_length', 'content_filter'] as const)(
    'is not asked again while the job waits for another: %s',
    async (kind) => {
      await bed.configure({ contentFilterFailover: true });
      const strict = await bed.addProvider({ name: 'strict', configuration: { contextWindow: 8_000 } });
      strict.will(fail(kind));
      const spare = await bed.addProvider({
        name: 'spare',
        configuration: { contextWindow: 128_000 },
        flagged: FLAGGED,
      });
      const { _id } = await bed.submit({ providers: ['strict', 'spare'] });
      const first = await bed.execute(_id);
      expect(first).toMatchObject({ state: 'deferred', deferred: { reason: 'no_provider_available' } });
      const second = await bed.execute(_id);
      expect(strict.calls).toHaveLength(1);
      expect(second).toMatchObject({ state: 'deferred', attemptCount: 1 });
      expect(second).toMatchObject({ deferred: first.deferred, passedOver: first.passedOver });

      await change(spare.id, { flagged: null });
      expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
      expect(strict.calls).toHaveLength(1);
    },
  );

  it('is asked again where it did not say so of the request: a model or a path that was not there', async () => {
    const away = await bed.addProvider({ name: 'away' });
    away.will(fail('bad_request', { status: 404 }), answer());
    await bed.addProvider({ name: 'spare', flagged: FLAGGED });
    const { _id } = await bed.submit({ providers: ['away', 'spare'] });
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred' });
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'away' } });
  });

  it('is the reason of the end, though it was not called in the last dispatch', async () => {
    (await bed.addProvider({ name: 'strict' })).will(fail('bad_request', { message: 'No such thing.' }));
    const spare = await bed.addProvider({ name: 'spare', flagged: FLAGGED });
    const { _id } = await bed.submit({ providers: ['strict', 'spare'] });
    await bed.execute(_id);
    await change(spare.id, { deletedAt: new Date() });
    expect(await bed.execute(_id)).toMatchObject({
      state: 'failed',
      error: { code: 'rejected_by_provider', message: 'No such thing.' },
      attemptCount: 1,
    });
  });

  it('counts as the first of two that call the request a bad one', async () => {
    (await bed.addProvider({ name: 'a' })).will(fail('bad_request'));
    const second = await bed.addProvider({ name: 'b', flagged: FLAGGED });
    second.will(fail('bad_request', { message: 'So say I.' }));
    const third = await bed.addProvider({ name: 'c' });
    third.will(fail('network'));
    const { _id } = await bed.submit({ providers: ['a', 'b', 'c'] });
    await bed.execute(_id);
    await change(second.id, { flagged: null });
    const before = third.calls.length;
    expect(await bed.execute(_id)).toMatchObject({ state: 'failed', error: { message: 'So say I.' } });
    expect(third.calls).toHaveLength(before);
  });

  it('is asked again once it was changed, and when the job is tried again', async () => {
    const strict = await bed.addProvider({ name: 'strict' });
    strict.will(fail('bad_request'));
    const spare = await bed.addProvider({ name: 'spare', flagged: FLAGGED });
    const { _id } = await bed.submit({ providers: ['strict', 'spare'] });
    await bed.execute(_id);
    await change(strict.id, { $inc: { revision: 1 } });
    await bed.execute(_id);
    await bed.execute(_id);
    expect(strict.calls).toHaveLength(2);

    await change(spare.id, { deletedAt: new Date() });
    expect(await bed.execute(_id)).toMatchObject({ state: 'failed' });
    await retryJobs(bed.store, [_id], { evenUntold: true });
    strict.will(answer());
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'strict' } });
  });

  it('is remembered while the job is put off by a pause, or given back by a worker that stops', async () => {
    const strict = await bed.addProvider({ name: 'strict' });
    strict.will(fail('bad_request'));
    const spare = await bed.addProvider({ name: 'spare' });
    spare.will(stayAway);
    const { _id } = await bed.submit({ providers: ['strict', 'spare'] });
    const running = bed.start(_id);
    await eventually(() => spare.calls.length === 1);
    bed.claims.endAll();
    await running;
    await bed.configure({ paused: true });
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred', deferred: { reason: 'paused' } });

    await bed.store.settings.deleteMany({});
    await bed.settings.reload();
    spare.will(answer());
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
    expect(strict.calls).toHaveLength(1);
  });

  it('keeps nobody from being asked who comes before it', async () => {
    const first = await bed.addProvider({ name: 'first', flagged: FLAGGED });
    (await bed.addProvider({ name: 'second' })).will(fail('context_length'));
    const { _id } = await bed.submit({ providers: ['first', 'second'] });
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred' });
    await change(first.id, { flagged: null });
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'first' } });
  });
});
