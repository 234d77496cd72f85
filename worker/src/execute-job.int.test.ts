import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { createEngineBed, type EngineBed } from './testing/engine-bed.ts';
import { answer, fail, gate, stayAway } from './testing/fake-adapter.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterAll(() => bed.close());

describe('a job that a provider answers', () => {
  it('has the answer, who gave it, what it cost, and its attempt on record', async () => {
    await bed.addProvider();
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({
      state: 'succeeded',
      result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.9 }] },
      provider: { name: 'main', model: 'fake-model' },
      degraded: false,
      usage: { inputTokens: 100, outputTokens: 10, costNanoUsd: 200_000, pricing: 'priced' },
      attemptCount: 1,
      claim: null,
    });
    const [attempt] = await bed.readAttempts(_id);
    expect(attempt).toMatchObject({
      number: 1,
      outcome: 'succeeded',
      fault: null,
      status: 200,
      requestId: 'req_ok',
      circuit: 'closed',
      inputTokens: 100,
      outputTokens: 10,
      costNanoUsd: 200_000,
      pricing: 'priced',
      priceVersion: 'override:1/10',
    });
    expect(bed.counted).toContainEqual(expect.objectContaining({ _id: attempt?._id, outcome: 'succeeded' }));
  });

  it('is told when it starts and when it ends, after which nothing is announced any more', async () => {
    await bed.addProvider();
    const { _id } = await bed.submit();
    const job = await bed.execute(_id);
    expect(job.announce).toBeUndefined();
    const events = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
    const told = events.map(([, fields]) => JSON.parse(fields[1] ?? '') as { id: string });
    expect(told.filter(({ id }) => id === _id)).toMatchObject([
      { type: 'job.updated', state: 'processing', client: 'default', provider: null, finishedAt: null },
      { type: 'job.updated', state: 'succeeded', client: 'default', provider: 'main' },
    ]);
  });

  it('takes the labels of the classifier version that it was accepted with', async () => {
    const provider = await bed.addProvider();
    const version = {
      classifierId: 'clf_1',
      name: 'support',
      instructions: 'Be kind.',
      createdAt: new Date(),
    };
    const shape = { multiLabel: false, threshold: null };
    await bed.store.classifierVersions.create([
      { _id: 'clf_1@1', version: 1, labels: ['old', 'older'], ...version, ...shape },
      { _id: 'clf_1@2', version: 2, labels: ['new', 'newer'], ...version, ...shape },
    ]);
    const classifier = { id: 'clf_1', name: 'support', version: 1 };
    const { _id } = await bed.submit({ labels: null, classifier });
    expect(await bed.execute(_id)).toMatchObject({ result: { label: 'old' } });
    expect(provider.calls[0]?.labelSet).toMatchObject({ instructions: 'Be kind.', cacheKey: 'clf_1@1' });
  });

  it('is done once, however often the queue delivers it', async () => {
    const provider = await bed.addProvider();
    const { _id } = await bed.submit();
    await Promise.all([bed.start(_id), bed.start(_id), bed.start(_id)]);
    await bed.start(_id);
    expect(provider.calls).toHaveLength(1);
  });
});

describe('the claim', () => {
  it('ends the call of a job that was cancelled, and writes nothing over it', async () => {
    const provider = await bed.addProvider();
    provider.will(stayAway);
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => provider.calls.length === 1);
    await bed.store.jobs.updateOne({ _id }, { state: 'cancelled', claim: null });
    await bed.claims.renew();
    await running;
    expect(await bed.readJob(_id)).toMatchObject({ state: 'cancelled', result: null });
    expect(await bed.readAttempts(_id)).toMatchObject([
      {
        outcome: 'aborted',
        fault: null,
        message: expect.stringContaining('cancelled'),
        pricing: 'estimated',
      },
    ]);
  });

  it('keeps the late answer of a frozen worker as an attempt, never as the result', async () => {
    const { open, behind } = gate();
    const provider = await bed.addProvider();
    provider.will(behind(answer('bug')), answer('billing'));
    const { _id } = await bed.submit();
    const frozen = bed.start(_id);
    await eventually(() => provider.calls.length === 1);
    // Frozen past its lease, while another worker takes over and answers.
    await bed.store.jobs.updateOne({ _id }, { 'claim.leaseUntil': new Date(Date.now() - 1_000) });
    expect(await bed.execute(_id)).toMatchObject({ result: { label: 'billing' } });
    open();
    await frozen;
    expect(await bed.readJob(_id)).toMatchObject({
      state: 'succeeded',
      result: { label: 'billing' },
      usage: { costNanoUsd: 400_000 },
    });
    expect(await bed.readAttempts(_id)).toMatchObject([
      { number: 1, outcome: 'succeeded', costNanoUsd: 200_000 },
      { number: 2, outcome: 'succeeded', costNanoUsd: 200_000 },
    ]);
  });

  it('starts nothing and ends what runs once its lease is past by the clock that never jumps', async () => {
    const silent = await bed.addProvider({ name: 'silent', priority: 1 });
    silent.will(stayAway);
    const spare = await bed.addProvider({ name: 'spare', priority: 2 });
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => silent.calls.length === 1);
    bed.clock.advance(6_000);
    bed.claims.endLapsed();
    await running;
    expect(spare.calls).toHaveLength(0);
    expect(await bed.readJob(_id)).toMatchObject({ state: 'processing', result: null });
    expect(await bed.readTrail(_id)).toMatchObject([{ outcome: 'aborted', fault: null }]);
  });

  it('gives a job back at once when the process stops', async () => {
    const provider = await bed.addProvider();
    provider.will(stayAway);
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(() => provider.calls.length === 1);
    bed.claims.endAll();
    await running;
    const job = await bed.readJob(_id);
    expect(job).toMatchObject({ state: 'deferred', claim: null });
    expect(job.deferred?.nextTryAt.getTime()).toBeLessThanOrEqual(bed.clock.now());
  });

  it('makes no call for which the ledger does not confirm that it still holds the job', async () => {
    const { open, behind } = gate();
    (await bed.addProvider({ name: 'sick', priority: 1 })).will(behind(fail('silent')));
    const spare = await bed.addProvider({ name: 'spare', priority: 2 });
    const { _id } = await bed.submit();
    const running = bed.start(_id);
    await eventually(async () => (await bed.readAttempts(_id)).length === 1);
    await bed.store.jobs.updateOne({ _id }, { 'claim.token': 'another' });
    open();
    await running;
    expect(spare.calls).toHaveLength(0);
  });

  it.each([
    ['near the ledger’s', 0],
    ['ahead of it', 120_000],
  ])(
    'keeps the queue entry of a job that another holds until its lease is over, by a clock %s',
    async (_, aheadMs) => {
      await bed.addProvider();
      const { _id } = await bed.submit();
      const leaseUntil = new Date(Date.now() + 60_000);
      await bed.store.jobs.updateOne(
        { _id },
        { state: 'processing', claim: { token: 'dead', workerId: 'w2', leaseUntil } },
      );
      bed.clock.advance(aheadMs);
      // No lease is longer than 6 s: the ledger's clock was set back.
      expect(await bed.start(_id)).toEqual({ kind: 'defer', forMs: 6_250 });
      await bed.store.jobs.updateOne({ _id }, { 'claim.leaseUntil': new Date(Date.now() - 1) });
      expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded' });
      expect(await bed.start(_id)).toEqual({ kind: 'done' });
    },
  );

  it('looks for it again after a moment where the lease ran out just now', async () => {
    const { _id } = await bed.submit();
    const leaseUntil = new Date(Date.now() - 60_000);
    await bed.store.jobs.updateOne(
      { _id },
      { state: 'processing', claim: { token: 'dead', workerId: 'w2', leaseUntil } },
    );
    const claimJob = vi.spyOn(bed.ledger, 'claimJob').mockResolvedValueOnce(null);
    expect(await bed.start(_id)).toEqual({ kind: 'defer', forMs: 250 });
    claimJob.mockRestore();
  });

  it('counts earlier attempts whose worker died into the usage', async () => {
    await bed.addProvider();
    const { _id } = await bed.submit({ attemptCount: 1 });
    await bed.store.attempts.create({
      ...buildAttempt({ jobId: _id }),
      ...buildAttemptEnd({ costNanoUsd: 5 }),
    });
    expect(await bed.execute(_id)).toMatchObject({ usage: { inputTokens: 200, costNanoUsd: 200_005 } });
  });
});

describe('what is not tried any more', () => {
  it('fails a job past its deadline without a call', async () => {
    const provider = await bed.addProvider();
    const { _id } = await bed.submit({ createdAt: new Date(Date.now() - 2_000), deadlineMs: 1_000 });
    expect(await bed.execute(_id)).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded' } });
    expect(provider.calls).toHaveLength(0);
  });

  it('leaves on record who was passed over before, where it fails without a call', async () => {
    const provider = await bed.addProvider();
    const reference = { id: provider.id, name: 'main', type: 'openai', model: 'fake-model' } as const;
    const passedOver = [{ provider: reference, reason: 'budget' as const, until: null }];
    const { _id } = await bed.submit({
      createdAt: new Date(Date.now() - 2_000),
      deadlineMs: 1_000,
      passedOver,
    });
    expect(await bed.execute(_id)).toMatchObject({ state: 'failed', passedOver });
  });

  it('goes by the ledger’s time where this machine’s clock has just been set ahead', async () => {
    const own = vi.spyOn(bed.clock, 'now').mockImplementation(() => Date.now() + 60_000);
    onTestFinished(() => own.mockRestore());
    await bed.addProvider();
    const { _id } = await bed.submit({ createdAt: new Date(), deadlineMs: 30_000 });
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', error: null });
  });

  it('ends no job whose claim the ledger was slow to confirm before its deadline', async () => {
    const { claimJob } = bed.ledger;
    const { monotonic } = bed.clock;
    const now = vi.spyOn(bed.clock, 'now').mockImplementation(() => Date.now());
    const own = vi.spyOn(bed.clock, 'monotonic');
    const slow = vi.spyOn(bed.ledger, 'claimJob').mockImplementationOnce(async (claim) => {
      const job = await claimJob(claim);
      own.mockImplementation(() => monotonic() + 3_500);
      return job;
    });
    onTestFinished(() => [now, own, slow].forEach((spy) => spy.mockRestore()));
    await bed.addProvider();
    const { _id } = await bed.submit({ createdAt: new Date(), deadlineMs: 3_000 });
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', error: null });
  });

  it('fails a job that killed its worker five times', async () => {
    const provider = await bed.addProvider();
    const { _id } = await bed.submit({ crashes: 5 });
    expect(await bed.execute(_id)).toMatchObject({ state: 'failed', error: { code: 'worker_crashed' } });
    expect(provider.calls).toHaveLength(0);
  });

  it('forgets the crashes as soon as an attempt was settled', async () => {
    (await bed.addProvider({ name: 'a', priority: 1 })).will(fail('silent'));
    const { open, behind } = gate();
    (await bed.addProvider({ name: 'b', priority: 2 })).will(behind(answer()));
    const { _id } = await bed.submit({ crashes: 4 });
    const running = bed.start(_id);
    await eventually(async () => (await bed.readJob(_id)).crashes === 0);
    open();
    await running;
    expect(await bed.readJob(_id)).toMatchObject({ state: 'succeeded', crashes: 0 });
  });
});

describe('with the ledger away for a moment', () => {
  afterEach(() => void vi.restoreAllMocks());
  const away = new Error('The ledger is away');

  it('keeps the paid answer until it can be written', async () => {
    const provider = await bed.addProvider();
    vi.spyOn(bed.ledger, 'settleAttempt').mockRejectedValueOnce(away);
    vi.spyOn(bed.ledger, 'settleJob').mockRejectedValueOnce(away);
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', result: { label: 'billing' } });
    expect(await bed.readTrail(_id)).toMatchObject([{ outcome: 'succeeded' }]);
    expect(provider.calls).toHaveLength(1);
  });

  it('tells of the end once although it was written twice', async () => {
    await bed.addProvider();
    const { settleJob } = bed.ledger;
    vi.spyOn(bed.ledger, 'settleJob').mockImplementationOnce(async (input) => {
      await settleJob(input);
      throw away;
    });
    const { _id } = await bed.submit();
    expect((await bed.execute(_id)).announce).toBeUndefined();
    const events = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
    const told = events.map(([, fields]) => JSON.parse(fields[1] ?? '{}') as { id: string; state: string });
    expect(told.filter(({ id, state }) => id === _id && state === 'succeeded')).toHaveLength(1);
  });

  it('counts what an earlier claim used that is settled only while this one ends', async () => {
    await bed.addProvider();
    const { _id } = await bed.submit({ attemptCount: 1 });
    const earlier = buildAttempt({ jobId: _id });
    await bed.store.attempts.create(earlier);
    const { settleJob } = bed.ledger;
    vi.spyOn(bed.ledger, 'settleJob').mockImplementationOnce(async (input) => {
      await bed.ledger.settleAttempt({ attemptId: earlier._id, end: buildAttemptEnd({ costNanoUsd: 5 }) });
      return settleJob(input);
    });
    expect(await bed.execute(_id)).toMatchObject({ usage: { costNanoUsd: 200_005 } });
  });

  it('makes no call before its attempt is on record', async () => {
    const provider = await bed.addProvider();
    let callsByThen: number | null = null;
    vi.spyOn(bed.ledger, 'beginAttempt').mockImplementationOnce(async () => {
      callsByThen = provider.calls.length;
      throw away;
    });
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ state: 'succeeded', attemptCount: 1 });
    expect(callsByThen).toBe(0);
  });

  it('asks the queue to bring a job again that could not be claimed', async () => {
    await bed.addProvider();
    vi.spyOn(bed.ledger, 'claimJob').mockRejectedValueOnce(away);
    const { _id } = await bed.submit();
    expect(await bed.start(_id)).toEqual({ kind: 'retry' });
    expect(await bed.readJob(_id)).toMatchObject({ state: 'queued' });
  });
});
