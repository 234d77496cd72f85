import { systemClock, type Clock } from '@understudy/shared/runtime/clock';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { FLAGGED } from '../testing/build-provider.ts';
import { createEngineBedBy, type EngineBed } from '../testing/engine-bed.ts';
import { answer, fail, gate, stayAway, toFault, type Behaviour } from '../testing/fake-adapter.ts';

let bed: EngineBed<Clock>;
beforeAll(async () => {
  bed = await createEngineBedBy(systemClock);
});
beforeEach(async () => {
  await bed.reset();
  await bed.configure({ hedgeAfterMs: 50, hedgeMaxMs: 250, hedgeMaxShare: 1 });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => bed.close());

/** Begins an answer, and is slow with the rest. */
const dawdle: Behaviour = (_, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ ok: false, fault: toFault('timeout', { status: 200 }) }),
    );
  });

async function run(overrides: Parameters<EngineBed['submit']>[0] = {}) {
  const { _id } = await bed.submit(overrides);
  const job = await bed.execute(_id);
  return { job, attempts: await bed.readAttempts(_id), failovers: await bed.readFailovers(_id) };
}

it.each([
  ['silent', stayAway],
  ['timeout', dawdle],
] as const)(
  'starts the next beside one that is late, takes its answer and ends the other (%s)',
  async (fault, late) => {
    (await bed.addProvider({ name: 'late', priority: 1 })).will(late);
    await bed.addProvider({ name: 'spare', priority: 2 });
    const { job, attempts, failovers } = await run();
    expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'spare' }, attemptCount: 2 });
    expect(attempts).toMatchObject([
      {
        number: 1,
        provider: { name: 'late' },
        outcome: 'aborted',
        fault,
        hedge: false,
        pricing: 'estimated',
      },
      { number: 2, provider: { name: 'spare' }, outcome: 'succeeded', fault: null, hedge: true },
    ]);
    expect(failovers).toMatchObject([
      { from: { name: 'late' }, to: { name: 'spare' }, fault, hedge: true, drill: false },
    ]);
  },
);

it('counts what both cost', async () => {
  (await bed.addProvider({ name: 'late', priority: 1 })).will(stayAway);
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { job, attempts } = await run();
  const sum = attempts.reduce((total, { costNanoUsd = 0 }) => total + (costNanoUsd ?? 0), 0);
  expect(job.usage).toMatchObject({ costNanoUsd: sum, pricing: 'estimated' });
});

it('takes the first one’s answer where that comes first after all, and knows of no failover', async () => {
  const { open, behind } = gate();
  (await bed.addProvider({ name: 'late', priority: 1 })).will(behind(answer()));
  (await bed.addProvider({ name: 'spare', priority: 2 })).will((request, signal) => {
    open();
    return stayAway(request, signal);
  });
  const { job, attempts, failovers } = await run();
  expect(job).toMatchObject({ provider: { name: 'late' } });
  expect(attempts).toMatchObject([
    { provider: { name: 'late' }, outcome: 'succeeded', hedge: false },
    { provider: { name: 'spare' }, outcome: 'aborted', fault: 'silent', hedge: true },
  ]);
  expect(failovers).toEqual([]);
});

it('takes the first one’s answer also where the one beside it has turned the job down', async () => {
  const { open, behind } = gate();
  (await bed.addProvider({ name: 'late', priority: 1 })).will(behind(answer()));
  (await bed.addProvider({ name: 'spare', priority: 2 })).will(fail('content_filter'));
  const third = await bed.addProvider({ name: 'third', priority: 3 });
  const { _id } = await bed.submit();
  const executed = bed.execute(_id);
  await eventually(async () =>
    (await bed.readAttempts(_id)).some((attempt) => attempt.fault === 'content_filter'),
  );
  open();
  const job = await executed;
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'late' }, attemptCount: 2 });
  expect(third.calls).toEqual([]);
});

it('ends as the one beside it has it where the first one does not answer then', async () => {
  const { open, behind } = gate();
  (await bed.addProvider({ name: 'late', priority: 1 })).will(behind(fail('server_error')));
  (await bed.addProvider({ name: 'spare', priority: 2 })).will((request, signal) => {
    open();
    return fail('content_filter')(request, signal);
  });
  const third = await bed.addProvider({ name: 'third', priority: 3 });
  const { job } = await run();
  expect(job).toMatchObject({ state: 'failed', error: { code: 'content_filtered' } });
  expect(third.calls).toEqual([]);
});

it('does not wait for a silent one longer than for any other once the one beside it has turned the job down', async () => {
  const late = { name: 'late', priority: 1, configuration: { timeoutMs: 300_000 } };
  (await bed.addProvider(late)).will(stayAway);
  (await bed.addProvider({ name: 'spare', priority: 2 })).will(fail('content_filter'));
  const { job, attempts } = await run();
  expect(job).toMatchObject({ state: 'failed', error: { code: 'content_filtered' } });
  expect(attempts).toMatchObject([{ fault: 'silent' }, { fault: 'content_filter' }]);
});

it('cuts and switches where no hedge may be started', async () => {
  await bed.reset();
  await bed.configure({ hedgeAfterMs: 50, hedgeMaxMs: 250, hedgeMaxShare: 0 });
  (await bed.addProvider({ name: 'late', priority: 1 })).will(stayAway);
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { attempts, failovers } = await run();
  expect(attempts).toMatchObject([
    { provider: { name: 'late' }, outcome: 'failed', fault: 'silent', hedge: false },
    { provider: { name: 'spare' }, outcome: 'succeeded', hedge: false },
  ]);
  expect(failovers).toMatchObject([{ fault: 'silent', hedge: false }]);
});

it('goes on to the third where the hedge is passed over or fails', async () => {
  (await bed.addProvider({ name: 'late', priority: 1 })).will(stayAway);
  await bed.addProvider({ name: 'flagged', priority: 2, flagged: FLAGGED });
  (await bed.addProvider({ name: 'broken', priority: 3 })).will(fail('forbidden'));
  await bed.addProvider({ name: 'spare', priority: 4 });
  const { job, failovers } = await run();
  expect(job).toMatchObject({ provider: { name: 'spare' }, passedOver: [{ reason: 'flagged' }] });
  expect(failovers.map(({ from, to }) => `${from.name} ${to?.name}`).toSorted()).toEqual([
    'broken spare',
    'late broken',
  ]);
});

it('waits for a late one as long as it may take where nobody else has room', async () => {
  const { open, behind } = gate();
  (await bed.addProvider({ name: 'late', priority: 1 })).will(behind(answer()));
  const spare = await bed.addProvider({ name: 'spare', priority: 2, configuration: { maxConcurrency: 1 } });
  const busy = gate();
  spare.will(busy.behind(answer()));
  const holder = await bed.submit({ providers: ['spare'] });
  const holding = bed.execute(holder._id);
  const looked = vi.spyOn(bed.admission, 'readRoom');
  const running = run();
  await eventually(() => looked.mock.calls.length > 1);
  open();
  const { job, attempts } = await running;
  expect(job).toMatchObject({ provider: { name: 'late' } });
  expect(attempts).toMatchObject([{ provider: { name: 'late' }, outcome: 'succeeded' }]);
  busy.open();
  await holding;
});

it('lets a late one run for as long as it may where the only other one has turned the job down before', async () => {
  const configuration = { timeoutMs: 500 };
  const late = await bed.addProvider({ name: 'late', priority: 1, flagged: FLAGGED, configuration });
  late.will(stayAway);
  (await bed.addProvider({ name: 'strict', priority: 2 })).will(fail('bad_request'));
  const { job } = await run();
  await bed.store.providers.updateOne({ _id: late.id }, { flagged: null });
  await bed.pool.reload();
  const takeHedge = vi.spyOn(bed.admission, 'takeHedge');
  await bed.execute(job._id);
  expect(takeHedge).not.toHaveBeenCalled();
  const [, attempt, ...more] = await bed.readAttempts(job._id);
  expect(attempt).toMatchObject({ provider: { name: 'late' }, outcome: 'failed', fault: 'silent' });
  expect(attempt?.durationMs).toBeGreaterThan(400);
  expect(more).toEqual([]);
});

it('waits for a late one where the others are full or have turned the job down before', async () => {
  const late = await bed.addProvider({
    name: 'late',
    priority: 1,
    flagged: FLAGGED,
    configuration: { timeoutMs: 500 },
  });
  late.will(stayAway);
  const full = await bed.addProvider({
    name: 'full',
    priority: 2,
    flagged: FLAGGED,
    configuration: { maxConcurrency: 1 },
  });
  (await bed.addProvider({ name: 'strict', priority: 3 })).will(fail('bad_request'));
  const { job } = await run();
  await bed.store.providers.updateMany({}, { flagged: null });
  await bed.pool.reload();
  const busy = gate();
  full.will(busy.behind(answer()));
  const holding = bed.execute((await bed.submit({ providers: ['full'] }))._id);
  await eventually(() => full.calls.length > 0);
  const takeHedge = vi.spyOn(bed.admission, 'takeHedge');
  await bed.execute(job._id);
  expect(takeHedge).not.toHaveBeenCalled();
  busy.open();
  await holding;
});

it('cuts before local, which is no hedge, where the job names it', async () => {
  (await bed.addProvider({ name: 'late', priority: 1 })).will(stayAway);
  await bed.addProvider({ name: 'local', type: 'local', priority: 9 });
  const { job, attempts } = await run({ providers: ['late', 'local'] });
  expect(job).toMatchObject({ provider: { name: 'local' }, degraded: true });
  expect(attempts).toMatchObject([
    { provider: { name: 'late' }, outcome: 'failed', fault: 'silent' },
    { provider: { name: 'local' }, outcome: 'succeeded', hedge: false },
  ]);
});

it('starts local beside no late one either where the hedge before it was passed over', async () => {
  (await bed.addProvider({ name: 'late', priority: 1 })).will(stayAway);
  await bed.addProvider({ name: 'flagged', priority: 2, flagged: FLAGGED });
  await bed.addProvider({ name: 'local', type: 'local', priority: 9 });
  const { attempts } = await run({ providers: ['late', 'flagged', 'local'] });
  expect(attempts).toMatchObject([
    { provider: { name: 'late' }, outcome: 'failed', fault: 'silent' },
    { provider: { name: 'local' }, outcome: 'succeeded', hedge: false },
  ]);
});

it('turns to one that was full before, once that has a place', async () => {
  const full = await bed.addProvider({ name: 'full', priority: 1, configuration: { maxConcurrency: 1 } });
  (await bed.addProvider({ name: 'late', priority: 2 })).will(stayAway);
  const busy = gate();
  full.will(busy.behind(answer()), answer());
  const holder = await bed.submit({ providers: ['full'] });
  const holding = bed.execute(holder._id);
  await eventually(() => full.calls.length > 0);
  const looked = vi.spyOn(bed.admission, 'readRoom');
  const running = run();
  await eventually(() => looked.mock.calls.length > 1);
  busy.open();
  await holding;
  const { job, attempts } = await running;
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'full' }, passedOver: [] });
  expect(attempts).toMatchObject([
    { provider: { name: 'late' }, outcome: 'aborted', fault: 'silent' },
    { provider: { name: 'full' }, outcome: 'succeeded', hedge: true },
  ]);
});

it('begins its attempts one after the other, also where the ledger does not take a hedge’s at once', async () => {
  const slow = gate();
  const unusable = fail('invalid_output', { answer: '{}' });
  (await bed.addProvider({ name: 'late', priority: 1 })).will(slow.behind(unusable), answer());
  (await bed.addProvider({ name: 'spare', priority: 2 })).will(stayAway);
  const { beginAttempt } = bed.ledger;
  vi.spyOn(bed.ledger, 'beginAttempt').mockImplementation(async (input) => {
    const { hedge, jobId } = input.attempt;
    const isAnswered = await bed.store.attempts.exists({ jobId, number: 1, settledAt: { $ne: null } });
    if (!hedge || isAnswered) return beginAttempt(input);
    slow.open();
    throw new Error('The ledger elects a primary.');
  });
  const { job, attempts } = await run();
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'late' }, attemptCount: 3 });
  expect(attempts).toMatchObject([
    { number: 1, provider: { name: 'late' }, outcome: 'failed' },
    { number: 2, provider: { name: 'spare' }, outcome: 'aborted', hedge: true },
    { number: 3, provider: { name: 'late' }, outcome: 'succeeded', hedge: false },
  ]);
});

describe('a provider that traffic returns to by and by', () => {
  /** It is not its turn for a good while. */
  async function addRamping(overrides: Parameters<EngineBed['addProvider']>[0]) {
    const provider = await bed.addProvider(overrides);
    const record = { state: 'closed', epoch: 3, rampFrom: Date.now(), rampUntil: Date.now() + 600_000 };
    await bed.redis.hset(toCircuitKey(bed.prefix, provider.id), { ...record, rampCredit: 0 });
    return provider;
  }

  /** It has answered as many requests as it may in a minute. */
  async function addSpent() {
    await bed.addProvider({ name: 'spent', priority: 2, rateLimit: 1 });
    await run({ providers: ['spent'] });
  }

  it('is spared while another can answer', async () => {
    const ramping = await addRamping({ name: 'ramping', priority: 1 });
    await bed.addProvider({ name: 'other', priority: 2 });
    const { job } = await run();
    expect(job).toMatchObject({ provider: { name: 'other' }, passedOver: [{ reason: 'cooldown' }] });
    expect(ramping.calls).toHaveLength(0);
  });

  it.each([
    ['is late', stayAway],
    ['fails', fail('forbidden')],
  ])('answers where the only other one %s', async (_, behaviour) => {
    (await bed.addProvider({ name: 'main', priority: 1 })).will(behaviour);
    await addRamping({ name: 'ramping', priority: 2 });
    expect((await run()).job).toMatchObject({ state: 'succeeded', provider: { name: 'ramping' } });
  });

  it.each([
    ['nobody else is there', async () => {}],
    ['another is at its limit', addSpent],
  ])('is started beside one after it that is silent, where %s', async (_, addAnother) => {
    await addRamping({ name: 'ramping', priority: 1 });
    await addAnother();
    (await bed.addProvider({ name: 'late', priority: 3 })).will(stayAway);
    const { job, attempts } = await run();
    expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'ramping' } });
    expect(attempts).toMatchObject([
      { provider: { name: 'late' }, outcome: 'aborted', fault: 'silent' },
      { provider: { name: 'ramping' }, outcome: 'succeeded', hedge: true },
    ]);
  });

  it.each([
    ['is late', stayAway],
    ['fails', fail('forbidden')],
  ])('answers where one before it %s and one after it is out of service', async (_, behaviour) => {
    (await bed.addProvider({ name: 'main', priority: 1 })).will(behaviour);
    await addRamping({ name: 'ramping', priority: 2 });
    await bed.addProvider({ name: 'flagged', priority: 3, flagged: FLAGGED });
    const { job } = await run();
    expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'ramping' } });
    expect(job.passedOver).toMatchObject([{ provider: { name: 'flagged' } }]);
  });
});
