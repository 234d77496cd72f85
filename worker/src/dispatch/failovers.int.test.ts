import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { toFailover } from '@understudy/shared/store/failovers/to-failover';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';
import { answer, fail, type Behaviour } from '../testing/fake-adapter.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterEach(() => void vi.restoreAllMocks());
afterAll(() => bed.close());

const takes =
  (ms: number, behaviour: Behaviour): Behaviour =>
  (...call) => {
    bed.clock.advance(ms);
    return behaviour(...call);
  };
async function run(overrides: Parameters<EngineBed['submit']>[0] = {}) {
  const { _id } = await bed.submit(overrides);
  const job = await bed.execute(_id);
  return { job, failovers: await bed.readFailovers(_id) };
}

it('records who failed, who took over, why, and how long the switch took', async () => {
  const sick = await bed.addProvider({ name: 'sick', priority: 1 });
  sick.will(takes(1_200, fail('silent')));
  const spare = await bed.addProvider({ name: 'spare', priority: 2 });
  const { job, failovers } = await run({ client: 'shop' });
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
  expect(failovers).toEqual([
    {
      _id: expect.stringMatching(/^fov_/),
      at: new Date(bed.clock.now()),
      jobId: job._id,
      client: 'shop',
      from: { id: sick.id, name: 'sick', type: 'openai-compatible', model: 'fake-model' },
      to: { id: spare.id, name: 'spare', type: 'openai-compatible', model: 'fake-model' },
      fault: 'silent',
      switchMs: 1_200,
      hedge: false,
      drill: false,
    },
  ]);
});

it('counts from the first try where the provider was asked twice', async () => {
  (await bed.addProvider({ name: 'flaky', priority: 1 })).will(
    takes(200, fail('server_error')),
    takes(300, fail('overloaded')),
  );
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { failovers } = await run();
  expect(failovers).toMatchObject([{ fault: 'overloaded', switchMs: 500, to: { name: 'spare' } }]);
});

it('records none for a provider that mended itself or was passed over', async () => {
  const flaky = await bed.addProvider({ name: 'flaky', priority: 1 });
  flaky.will(fail('server_error'), answer());
  await bed.addProvider({ name: 'spare', priority: 2 });
  expect((await run()).failovers).toEqual([]);

  flaky.will(fail('forbidden'));
  expect((await run()).failovers).toHaveLength(1);
  const { job, failovers } = await run();
  expect(job).toMatchObject({ passedOver: [{ provider: { name: 'flaky' } }], provider: { name: 'spare' } });
  expect(failovers).toEqual([]);
});

it('goes past who was passed over to who was tried next', async () => {
  (await bed.addProvider({ name: 'a', priority: 1 })).will(fail('network'));
  (await bed.addProvider({ name: 'b', priority: 2 })).will(fail('rate_limited', { retryAfterMs: 60_000 }));
  await bed.addProvider({ name: 'c', priority: 3 });
  const toPath = ({ failovers }: Awaited<ReturnType<typeof run>>) =>
    failovers.map(({ from, to, fault }) => `${from.name} ${fault} ${to?.name}`);
  expect(toPath(await run())).toEqual(['a network b', 'b rate_limited c']);
  expect(toPath(await run())).toEqual(['a network c']);
});

it('leads to nobody where nobody is left, and begins anew with the next dispatch', async () => {
  const only = await bed.addProvider();
  only.will(takes(40, fail('timeout')));
  const { job, failovers } = await run();
  expect(job).toMatchObject({ state: 'deferred' });
  expect(failovers).toMatchObject([{ from: { name: 'main' }, to: null, fault: 'timeout', switchMs: 40 }]);
  only.will(answer());
  await bed.execute(job._id);
  expect(await bed.readFailovers(job._id)).toHaveLength(1);
});

it('records none for a fault that ends the job, since nobody else was to be asked', async () => {
  (await bed.addProvider({ name: 'strict', priority: 1 })).will(fail('content_filter'));
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { job, failovers } = await run();
  expect(job).toMatchObject({ error: { code: 'content_filtered' } });
  expect(failovers).toEqual([]);
});

it('is told as an event once it is on record', async () => {
  (await bed.addProvider({ name: 'sick', priority: 1 })).will(fail('silent'));
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { failovers } = await run({ client: 'shop' });
  const [failover] = failovers;
  await bed.relay.flush();
  const entries = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
  const events = entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as { id: string });
  expect(events.filter(({ id }) => id === failover?._id)).toEqual([
    { type: 'failover', client: 'shop', ...(failover && toFailover(failover)) },
  ]);
});

it('holds up neither the switch nor the end of the job, and is written when the ledger takes it', async () => {
  (await bed.addProvider({ name: 'sick', priority: 1 })).will(fail('silent'));
  await bed.addProvider({ name: 'spare', priority: 2 });
  const { promise: stalled, resolve: goOn } = Promise.withResolvers<void>();
  const insert = bed.ledger.insertFailover;
  vi.spyOn(bed.ledger, 'insertFailover')
    .mockRejectedValueOnce(new Error('The ledger is away'))
    .mockImplementationOnce(async (failover) => {
      await stalled;
      return insert(failover);
    });
  const { _id } = await bed.submit();
  await bed.start(_id);
  expect(await bed.readJob(_id)).toMatchObject({ state: 'succeeded' });
  expect(await bed.store.failovers.countDocuments({ jobId: _id })).toBe(0);
  goOn();
  expect(await bed.readFailovers(_id)).toMatchObject([{ to: { name: 'spare' } }]);
});
