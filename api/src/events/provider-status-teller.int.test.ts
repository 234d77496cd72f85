import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { flagProvider } from '@understudy/shared/store/providers/flag-provider';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen, type EventListener } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let bed: TestBed;
let apis: TestApi[];
let listener: EventListener;
beforeAll(async () => {
  bed = await createTestBed();
  const first = await startTestApi({ bed });
  const config = { UNDERSTUDY_BOOTSTRAP_TOKEN: first.adminToken };
  apis = [first, await startTestApi({ bed, config })];
  // The first look of a fleet tells nothing.
  await eventually(async () => (await bed.redis.exists(`${bed.prefix}:events:provider-status`)) === 1);
  listener = await listen(apis[0]!.url, apis[0]!.adminToken, { query: '?topics=provider.status' });
});
afterAll(async () => {
  for (const api of apis) await api.close();
  await bed.close();
});

const STATUS = { health: 'unknown', circuit: 'closed', cooldownUntil: null, flagged: null };
const toStatuses = () => listener.events.map(({ data }) => ('status' in data ? data.status : null));

it('tells each change of health, circuit, cooldown and flag once in the fleet, whoever looks', async () => {
  const { body } = await apis[0]!.admin('POST', '/api/providers', {
    body: { name: 'main', type: 'openai', apiKey: 'sk-12345678', configuration: { model: 'm' } },
  });
  const expected: object[] = [STATUS];
  const next = async (change: object) => {
    expected.push({ ...expected.at(-1), ...change });
    await eventually(() => expect(toStatuses()).toEqual(expected));
  };
  await eventually(() => expect(listener.events).toHaveLength(1));
  expect(listener.events[0]).toMatchObject({ type: 'provider.status', data: { id: body.id, name: 'main' } });

  const circuit = toCircuitKey(bed.prefix, body.id);
  await bed.redis.hset(circuit, 'state', 'open', 'openUntil', Date.now() + 60_000);
  await next({ circuit: 'open' });
  // By itself, with no job that comes along.
  await bed.redis.hset(circuit, 'openUntil', Date.now() - 1);
  await next({ circuit: 'half-open' });
  const health = {
    _id: body.id,
    status: 'down' as const,
    responseTimeMs: null,
    errorMessage: null,
    checkedAt: new Date(),
  };
  await bed.store.providerHealth.create(health);
  await next({ health: 'down' });
  const coolUntil = Date.now() + 600_000;
  await bed.redis.hset(circuit, 'coolUntil', coolUntil);
  await next({ cooldownUntil: new Date(coolUntil).toISOString() });
  await bed.redis.hdel(circuit, 'coolUntil');
  await next({ cooldownUntil: null });
  await flagProvider(bed.store, { _id: body.id, resetAt: null }, { reason: 'quota', message: 'no credit' });
  await next({ flagged: 'quota' });
  expect((await apis[0]!.admin('GET', '/api/providers/main')).body.status).toEqual(toStatuses().at(-1));

  await apis[0]!.admin('DELETE', '/api/providers/main');
  await eventually(async () =>
    expect(await bed.redis.hexists(`${bed.prefix}:events:provider-status`, body.id)).toBe(0),
  );
  expect(toStatuses()).toEqual(expected);
});

it('goes on when the process that looked is gone', async () => {
  const before = listener.events.length;
  await apis.pop()?.close();
  const { store } = bed;
  const local = await store.providers.findOne({ type: 'local', deletedAt: null }).lean();
  await flagProvider(store, local!, { reason: 'forbidden', message: 'test' });
  await eventually(() => expect(listener.events).toHaveLength(before + 1));
  expect(toStatuses().at(-1)).toMatchObject({ flagged: 'forbidden' });
});
