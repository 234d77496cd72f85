import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { answer, fail, gate, stayAway } from '../testing/fake-adapter.ts';
import { toUpperBound } from './upper-bound.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterAll(() => bed.close());

describe('failing over', () => {
  it('goes to the next provider, with both attempts on record and summed', async () => {
    (await bed.addProvider({ name: 'sick', priority: 1 })).will(
      fail('invalid_output', {
        status: 200,
        usage: { inputTokens: 50, outputTokens: 5, cachedInputTokens: 0 },
      }),
    );
    await bed.addProvider({ name: 'spare', priority: 2 });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'succeeded',
      provider: { name: 'spare' },
      usage: { inputTokens: 150, outputTokens: 15, costNanoUsd: 300_000, pricing: 'priced' },
    });
    expect(await bed.readTrail(_id)).toEqual([
      { number: 1, name: 'sick', outcome: 'failed', fault: 'invalid_output' },
      { number: 2, name: 'spare', outcome: 'succeeded', fault: null },
    ]);
  });

  it('asks the same provider once more for what may pass, and never for what will not', async () => {
    const flaky = await bed.addProvider({ name: 'flaky', priority: 1 });
    flaky.will(fail('server_error', { status: 503 }), answer());
    const retried = await bed.submit();
    await bed.execute(retried._id);
    expect(await bed.readTrail(retried._id)).toMatchObject([
      { name: 'flaky' },
      { name: 'flaky', outcome: 'succeeded' },
    ]);

    flaky.will(fail('rate_limited', { status: 429 }));
    await bed.addProvider({ name: 'spare', priority: 2 });
    const throttled = await bed.submit();
    await bed.execute(throttled._id);
    expect(await bed.readTrail(throttled._id)).toMatchObject([{ name: 'flaky' }, { name: 'spare' }]);
  });

  it('has an unusable answer repaired by its own provider first', async () => {
    const provider = await bed.addProvider();
    provider.will(
      fail('invalid_output', { answer: 'I think billing', message: 'It is not a JSON object.' }),
      answer(),
    );
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded' });
    expect(provider.calls.map(({ repair }) => repair)).toEqual([
      null,
      { answer: 'I think billing', problem: 'It is not a JSON object.' },
    ]);
  });

  it('ends an attempt that says nothing at its time-out, and goes on', async () => {
    const configuration = { timeoutMs: 250 };
    const silent = await bed.addProvider({ name: 'silent', priority: 1, configuration });
    silent.will(stayAway);
    await bed.addProvider({ name: 'spare', priority: 2 });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
    const [cut] = await bed.readAttempts(_id);
    const { costNanoUsd } = toUpperBound(buildPooled(), silent.calls[0]!, new Date()).price;
    const estimate = { inputTokens: 0, costNanoUsd, pricing: 'estimated' };
    expect(cut).toMatchObject({ outcome: 'failed', fault: 'silent', ...estimate });
  });

  it('passes over a provider whose circuit is open, without calling it', async () => {
    const sick = await bed.addProvider({ name: 'sick', priority: 1 });
    sick.will(fail('silent'));
    await bed.addProvider({ name: 'spare', priority: 2 });
    for (let count = 0; count < 5; count += 1) await bed.execute((await bed.submit())._id);
    const { _id } = await bed.submit();
    const job = await bed.execute(_id);
    expect(sick.calls).toHaveLength(5);
    expect(job.passedOver).toMatchObject([{ provider: { name: 'sick' }, reason: 'circuit_open' }]);
    expect(job.passedOver[0]?.until).toBeInstanceOf(Date);
  });

  it('asks only the first provider where failover is off', async () => {
    (await bed.addProvider({ name: 'sick', priority: 1 })).will(fail('silent'));
    const spare = await bed.addProvider({ name: 'spare', priority: 2 });
    await bed.configure({ failoverEnabled: false });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred' });
    expect(spare.calls).toHaveLength(0);
  });

  it('keeps to the providers that the job names, in their order', async () => {
    await bed.addProvider({ name: 'first', priority: 1 });
    (await bed.addProvider({ name: 'second', priority: 2 })).will(answer('bug'));
    const { _id } = await bed.submit({ providers: ['second', 'first'] });
    expect(await bed.execute(_id)).toMatchObject({ provider: { name: 'second' }, result: { label: 'bug' } });
  });
});

describe('when nobody is left', () => {
  it('defers the job, with reason and time, and takes it up again', async () => {
    const only = await bed.addProvider();
    only.will(fail('network'));
    const { _id } = await bed.submit();
    const deferred = await bed.execute(_id);
    expect(deferred).toMatchObject({
      state: 'deferred',
      deferred: { reason: 'no_provider_available' },
      claim: null,
    });
    expect(deferred.deferred?.nextTryAt.getTime()).toBeGreaterThan(bed.clock.now());

    only.will(answer());
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', deferred: null, attemptCount: 3 });
    expect((await bed.readTrail(_id)).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('sums the usage over every dispatch', async () => {
    const only = await bed.addProvider();
    const usage = { inputTokens: 7, outputTokens: 1, cachedInputTokens: 0 };
    only.will(fail('invalid_output', { usage }));
    const { _id } = await bed.submit();
    await bed.execute(_id);
    only.will(answer());
    expect(await bed.execute(_id)).toMatchObject({ usage: { inputTokens: 107, outputTokens: 11 } });
  });

  it('defers to the time that a throttled provider named', async () => {
    const provider = await bed.addProvider();
    provider.will(fail('rate_limited', { status: 429, retryAfterMs: 7_000 }));
    const { _id } = await bed.submit();
    const job = await bed.execute(_id);
    expect(job.deferred).toEqual({
      reason: 'rate_limited',
      byLimit: false,
      nextTryAt: new Date(bed.clock.now() + 7_000),
      throttledBy: [provider.id],
    });
    const again = await bed.execute(_id);
    expect(again).toMatchObject({ attemptCount: 1, passedOver: [{ reason: 'cooldown' }] });
  });

  it('defers for no longer than five minutes, whatever the provider asked for', async () => {
    (await bed.addProvider()).will(fail('rate_limited', { status: 429, retryAfterMs: 86_400_000 }));
    const { _id } = await bed.submit();
    const { deferred } = await bed.execute(_id);
    expect(deferred?.nextTryAt).toEqual(new Date(bed.clock.now() + 300_000));
  });

  it('never defers past the deadline', async () => {
    (await bed.addProvider()).will(fail('rate_limited', { retryAfterMs: 60_000 }));
    const { _id } = await bed.submit({ deadlineMs: 30_000 });
    const job = await bed.execute(_id);
    expect(job.deferred?.nextTryAt).toEqual(job.deadlineAt);
  });

  it('defers everything while paused', async () => {
    const provider = await bed.addProvider();
    await bed.configure({ paused: true });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred', deferred: { reason: 'paused' } });
    expect(provider.calls).toHaveLength(0);
  });

  it('waits for a place at a provider that is merely full', async () => {
    const { open, behind } = gate();
    const provider = await bed.addProvider({ configuration: { maxConcurrency: 1 } });
    provider.will(behind(answer()));
    const [first, second] = [await bed.submit(), await bed.submit()];
    const running = [bed.start(first._id), bed.start(second._id)];
    await eventually(() => provider.calls.length === 1);
    open();
    await Promise.all(running);
    expect(await bed.readJob(second._id)).toMatchObject({ state: 'succeeded', passedOver: [] });
  });
});

describe('local', () => {
  const old = () => ({ createdAt: new Date(bed.clock.now() - 20_000) });
  const addLocal = () => bed.addProvider({ name: 'local', type: 'local', priority: 100 });

  it('answers where no other provider is enabled, marked as degraded', async () => {
    await addLocal();
    await bed.addProvider({ name: 'off', enabled: false });
    const { _id } = await bed.submit({ allowDegraded: false });
    const answered = await bed.execute(_id);
    expect(answered).toMatchObject({ state: 'succeeded', degraded: true, usage: { pricing: 'free' } });
    expect(answered.stoodIn).toBeUndefined();
  });

  it('steps in for failed providers only when the job is old enough', async () => {
    const local = await addLocal();
    (await bed.addProvider()).will(fail('network'));
    const young = await bed.submit();
    const deferred = await bed.execute(young._id);
    expect(deferred).toMatchObject({ state: 'deferred' });
    expect(local.calls).toHaveLength(0);
    expect(deferred.deferred?.nextTryAt.getTime()).toBeLessThanOrEqual(young.createdAt.getTime() + 10_000);

    const retried = await bed.submit({ ...old(), deadlineAt: young.deadlineAt });
    expect(await bed.execute(retried._id)).toMatchObject({ state: 'deferred' });
    expect(local.calls).toHaveLength(0);

    const { _id } = await bed.submit(old());
    expect(await bed.execute(_id)).toMatchObject({
      state: 'succeeded',
      degraded: true,
      stoodIn: true,
      provider: { name: 'local' },
    });
  });

  it('never steps in for a provider that is held by a limit', async () => {
    const local = await addLocal();
    (await bed.addProvider()).will(fail('rate_limited'));
    const { _id } = await bed.submit(old());
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred', deferred: { reason: 'rate_limited' } });
    expect(await bed.execute(_id)).toMatchObject({ state: 'deferred', deferred: { reason: 'rate_limited' } });
    expect(local.calls).toHaveLength(0);
  });

  it('never steps in where the job does not allow it or names others', async () => {
    const local = await addLocal();
    (await bed.addProvider()).will(fail('network'));
    for (const job of [{ allowDegraded: false }, { providers: ['main'] }]) {
      const { _id } = await bed.submit({ ...old(), ...job });
      expect(await bed.execute(_id)).toMatchObject({ state: 'deferred' });
    }
    expect(local.calls).toHaveLength(0);
  });

  it('answers at once where the job names it', async () => {
    await addLocal();
    (await bed.addProvider()).will(fail('network'));
    const { _id } = await bed.submit({ providers: ['main', 'local'] });
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'local' } });
  });
});

describe('faults that end the job', () => {
  it('fails a job whose content was refused, with the reason, and asks nobody else', async () => {
    (await bed.addProvider({ name: 'strict', priority: 1 })).will(
      fail('content_filter', { message: 'Too rude.' }),
    );
    const spare = await bed.addProvider({ name: 'spare', priority: 2 });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'failed',
      error: { code: 'content_filtered', message: 'Too rude.' },
    });
    expect(spare.calls).toHaveLength(0);
  });

  it('fails over from refused content where that is configured', async () => {
    (await bed.addProvider({ name: 'strict', priority: 1 })).will(fail('content_filter'));
    await bed.addProvider({ name: 'spare', priority: 2 });
    await bed.configure({ contentFilterFailover: true });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
  });

  it('lets one other provider try a bad request, and one only', async () => {
    for (const name of ['a', 'b', 'c'])
      (await bed.addProvider({ name })).will(fail('bad_request', { status: 400 }));
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'failed',
      error: { code: 'rejected_by_provider' },
    });
    expect(await bed.readTrail(_id)).toHaveLength(2);
  });

  it('takes a text that is too long only to a larger known window', async () => {
    const long = fail('context_length', { status: 400 });
    (await bed.addProvider({ name: 'a', priority: 1, configuration: { contextWindow: 8_000 } })).will(long);
    const unknown = await bed.addProvider({ name: 'b', priority: 2 });
    await bed.addProvider({ name: 'c', priority: 3, configuration: { contextWindow: 128_000 } });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'succeeded',
      provider: { name: 'c' },
      passedOver: [{ provider: { name: 'b' }, reason: 'context_window' }],
    });
    expect(unknown.calls).toHaveLength(0);
  });

  it('fails a job whose text fits no window', async () => {
    (await bed.addProvider({ name: 'a', priority: 1 })).will(fail('context_length'));
    await bed.addProvider({ name: 'b', priority: 2 });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'failed',
      error: { code: 'rejected_by_provider' },
    });
  });

  it('flags a provider whose key is refused, and asks it no more', async () => {
    const provider = await bed.addProvider({ name: 'main', priority: 1 });
    provider.will(fail('unauthenticated', { status: 401, message: 'Wrong key.' }));
    await bed.addProvider({ name: 'spare', priority: 2 });
    await bed.execute((await bed.submit())._id);
    expect(await bed.store.providers.findById(provider.id).lean()).toMatchObject({
      flagged: { reason: 'unauthenticated', message: 'Wrong key.' },
      revision: 1,
    });
    await bed.pool.reload();
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ passedOver: [{ reason: 'flagged' }] });
    expect(provider.calls).toHaveLength(1);
  });
});
