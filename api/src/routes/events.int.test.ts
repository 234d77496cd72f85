import { createId } from '@understudy/shared/ids';
import { MAX_EVENTS, publishEvents, toStreamKey, type AppEvent } from '@understudy/shared/events/events';
import { buildFailover, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { toFailover } from '@understudy/shared/store/failovers/to-failover';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen, type EventListener } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
/** How far the test has moved the clock. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
const open: EventListener[] = [];

beforeAll(async () => {
  api = await startTestApi({ clock });
});
afterEach(() => {
  for (const listener of open.splice(0)) listener.hangUp();
});
afterAll(() => api.close());

async function start(
  token = api.adminToken,
  { on = api, ...options }: NonNullable<Parameters<typeof listen>[2]> & { on?: TestApi } = {},
) {
  const listener = await listen(on.url, token, options);
  open.push(listener);
  if (listener.status === 200) await eventually(() => listener.text() !== '');
  return listener;
}
const publish = (...events: AppEvent[]) => publishEvents(api.bed.redis, api.bed.prefix, events);
const toUpdate = (id: string, overrides: Partial<Extract<AppEvent, { type: 'job.updated' }>> = {}) => ({
  type: 'job.updated' as const,
  id,
  client: 'default',
  state: 'succeeded' as const,
  batchId: null,
  provider: 'main',
  degraded: false,
  finishedAt: null,
  ...overrides,
});
const toIds = (listener: EventListener) =>
  listener.events.flatMap(({ data }) => ('id' in data ? [data.id] : []));
/** Publishes one more event and waits until it is there: what did not come before it never will. */
async function settle(listener: EventListener, event: AppEvent = toUpdate(createId('job'))) {
  await publish(event);
  const id = 'id' in event ? event.id : '';
  await eventually(() => expect(toIds(listener)).toContain(id));
}

describe('a stream of events', () => {
  it('tells of what happens from now on, each with an id and the contract’s fields', async () => {
    await publish(toUpdate('job_before'));
    const listener = await start();
    expect(listener.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
    expect(listener.headers.get('Cache-Control')).toBe('no-store, no-transform');
    expect(listener.headers.get('X-Accel-Buffering')).toBe('no');
    expect(listener.headers.get('Content-Encoding')).toBeNull();
    const status = { health: 'down', circuit: 'open', cooldownUntil: null, flagged: 'quota' } as const;
    const failover = toFailover(buildFailover());
    const counts = { queued: 1, processing: 0, deferred: 0, succeeded: 1, failed: 0, cancelled: 0 };
    await publish(
      toUpdate('job_1', { batchId: 'bat_1' }),
      { type: 'interactive.finished', id: 'int_1' },
      { type: 'batch.updated', id: 'bat_1', client: 'default', counts, progress: 0.5 },
      { type: 'provider.status', id: 'prv_1', name: 'main', status },
      { type: 'failover', client: 'default', ...failover },
      { type: 'health.checked', checkId: 'chk_1', providerId: 'prv_1', status: 'down', responseTimeMs: null },
    );
    const told = () => listener.events.filter(({ type }) => type !== 'stats');
    await eventually(() => expect(told()).toHaveLength(5));
    expect(told().map(({ type, data }) => [type, data])).toEqual([
      ['job.updated', { ...toUpdate('job_1', { batchId: 'bat_1' }), type: undefined }],
      ['batch.updated', { id: 'bat_1', counts, progress: 0.5 }],
      ['provider.status', { id: 'prv_1', name: 'main', status }],
      ['failover', failover],
      ['health.checked', { providerId: 'prv_1', status: 'down', responseTimeMs: null }],
    ]);
    for (const { id } of told()) expect(id).toMatch(/^\d+-\d+:[0-9a-f]{8}$/);
  });

  it('tells of a job from its acceptance on', async () => {
    const listener = await start(api.adminToken, { query: '?topics=job.updated' });
    const body = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
    const headers = { 'Idempotency-Key': createId('evt') };
    const { body: job } = await api.admin('POST', '/api/classifications', { body, headers });
    await eventually(() => expect(toIds(listener)).toEqual([job.id]));
    expect(listener.events[0]?.data).toEqual({
      id: job.id,
      client: 'default',
      state: 'queued',
      batchId: null,
      provider: null,
      degraded: false,
      finishedAt: null,
    });
    expect(listener.text()).not.toContain('charged');
    // The same again is no news.
    await api.admin('POST', '/api/classifications', { body, headers });
    await settle(listener);
    expect(listener.events).toHaveLength(2);
  });

  it('tells of jobs that are tried again, one or many', async () => {
    const client = await api.as({ scopes: ['jobs:write'], client: 'again' });
    const [one, other] = [0, 1].map(() =>
      buildJob({ client: 'again', state: 'failed', finishedAt: new Date() }),
    );
    await api.bed.store.jobs.create([one!, other!]);
    const listener = await start(client.token);
    await client('POST', `/api/classifications/${one!._id}/retry`);
    const queued = { state: 'queued', provider: null, finishedAt: null };
    await eventually(() =>
      expect(listener.events.map(({ data }) => data)).toMatchObject([{ id: one!._id, ...queued }]),
    );
    const { status } = await client('POST', '/api/classifications/bulk', {
      body: { action: 'retry', filter: {} },
    });
    expect(status).toBe(200);
    await eventually(() => expect(toIds(listener)).toEqual([one!._id, other!._id]));
    expect(listener.events[1]?.data).toMatchObject(queued);
  });

  it('tells only of the topics, the job and the batch that were asked for', async () => {
    const [topics, job, batch] = await Promise.all([
      start(api.adminToken, { query: '?topics=failover,health.checked' }),
      start(api.adminToken, { query: '?jobId=job_1' }),
      start(api.adminToken, { query: '?batchId=bat_1' }),
    ]);
    const counts = { queued: 1, processing: 0, deferred: 0, succeeded: 1, failed: 0, cancelled: 0 };
    const last = toFailover(buildFailover({ jobId: 'job_1' }));
    await publish(
      toUpdate('job_1'),
      toUpdate('job_2', { batchId: 'bat_1' }),
      { type: 'batch.updated', id: 'bat_1', client: 'default', counts, progress: 0.5 },
      { type: 'batch.updated', id: 'bat_2', client: 'default', counts, progress: 0.5 },
      { type: 'failover', client: 'default', ...last },
      toUpdate('job_3', { batchId: 'bat_1' }),
      toUpdate('job_1', { state: 'failed' }),
    );
    await eventually(() => expect(toIds(batch)).toEqual(['job_2', 'bat_1', 'job_3']));
    await eventually(() => expect(toIds(job)).toEqual(['job_1', last.id, 'job_1']));
    await eventually(() => expect(toIds(topics)).toEqual([last.id]));
  });

  it.each([
    '?topics=job.updated,nonsense',
    '?topics=',
    '?topics=reset',
    '?topics=interactive.finished',
    '?x=1',
  ])('refuses the query %s', async (query) => {
    const reply = await api.admin('GET', `/api/events${query}`);
    expect(reply.status).toBe(422);
    expect(reply.body.errors[0].pointer).toBe(query.startsWith('?x') ? '?x' : '?topics');
  });

  it('answers HEAD with its headers alone', async () => {
    const reply = await api.admin('HEAD', '/api/events');
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(api.context.eventStreams.size).toBe(0);
  });

  it('shows every 15 s that it is there, and where it stands', async () => {
    const listener = await start(api.adminToken, { query: '?topics=failover' });
    const [first] = listener.ids;
    const before = listener.text().length;
    await settle(await start());
    aheadMs += 14_000;
    await api.context.eventStreams.runOnce();
    expect(listener.text().length).toBe(before);
    aheadMs += 1_500;
    await eventually(async () => {
      await api.context.eventStreams.runOnce();
      expect(listener.text().slice(before)).toMatch(/^:\nid: \S+\n\n$/);
    });
    expect(listener.ids.at(-1)).not.toBe(first);
    expect(listener.events).toEqual([]);
  });
});

describe('who sees what', () => {
  it('is the own client’s jobs, batches and failovers, and drills; an administrator sees all', async () => {
    const shop = await api.as({ scopes: ['jobs:read', 'providers:read'], client: 'shop' });
    const [own, all] = await Promise.all([start(shop.token), start()]);
    const counts = { queued: 1, processing: 0, deferred: 0, succeeded: 1, failed: 0, cancelled: 0 };
    const [mine, theirs] = [toFailover(buildFailover()), toFailover(buildFailover())];
    const drill = toFailover(buildFailover({ drill: true }));
    await publish(
      toUpdate('job_theirs'),
      { type: 'batch.updated', id: 'bat_theirs', client: 'default', counts, progress: 0 },
      { type: 'failover', client: 'default', ...theirs },
      toUpdate('job_mine', { client: 'shop' }),
      { type: 'batch.updated', id: 'bat_mine', client: 'shop', counts, progress: 0 },
      { type: 'failover', client: 'shop', ...mine },
      { type: 'failover', client: 'default', ...drill },
    );
    await eventually(() => expect(toIds(own)).toEqual(['job_mine', 'bat_mine', mine.id, drill.id]));
    await eventually(() => expect(toIds(all)).toHaveLength(7));
    const peek = await start(shop.token, { query: '?jobId=job_theirs' });
    await publish(toUpdate('job_theirs'));
    await settle(own, toUpdate('job_mine_2', { client: 'shop' }));
    expect(toIds(peek)).toEqual([]);
  });

  it('needs the scope of each topic, by default those that the token has', async () => {
    const jobs = await api.as({ scopes: ['jobs:write'] });
    const providers = await api.as({ scopes: ['providers:read'] });
    const cases = [
      {
        caller: jobs,
        refused: ['provider.status', 'failover', 'health.checked', 'stats'],
        scope: 'providers:read',
      },
      { caller: providers, refused: ['job.updated', 'batch.updated'], scope: 'jobs:read' },
    ];
    for (const { caller, refused, scope } of cases) {
      for (const topic of refused) {
        const reply = await caller('GET', `/api/events?topics=${topic}`);
        expect(reply.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining(scope) });
      }
    }
    const listener = await start(jobs.token);
    const failover = toFailover(buildFailover());
    await publish({ type: 'failover', client: 'default', ...failover });
    await settle(listener);
    expect(toIds(listener)).not.toContain(failover.id);
    expect((await api.anonymous('GET', '/api/events')).status).toBe(401);
  });

  it('ends with the token, whether that is revoked or expires', async () => {
    const { token, tokenId } = await api.as({ scopes: ['jobs:read'] });
    const expiring = await api.admin('POST', '/api/tokens', {
      body: { name: 'short', scopes: ['jobs:read'], expiresAt: new Date(clock.now() + 60_000).toISOString() },
    });
    const [revoked, expired, other] = await Promise.all([start(token), start(expiring.body.token), start()]);
    await api.admin('DELETE', `/api/tokens/${tokenId}`);
    await revoked.ended;
    aheadMs += 61_000;
    await expired.ended;
    await settle(other);
    expect(
      (await api.anonymous('GET', '/api/events', { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(401);
  });

  it('ends with the session, wherever that is ended', async () => {
    const { token } = await api.as({ scopes: ['jobs:read'] });
    const signIn = await api.anonymous('POST', '/api/session', { body: { token } });
    const Cookie = signIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    const listener = await start('', { headers: { Cookie } });
    await settle(listener);
    // As another process does it.
    await api.bed.store.sessions.deleteMany({});
    await expect(listener.ended).resolves.toBeUndefined();
  });

  it('is bounded: one token has a hundred streams at most', async () => {
    const { token } = await api.as({ scopes: ['jobs:read'] });
    const listeners = await Promise.all(Array.from({ length: 100 }, () => start(token)));
    expect((await listen(api.url, token)).status).toBe(429);
    expect((await start()).status).toBe(200);
    listeners[0]?.hangUp();
    await eventually(async () => expect((await start(token)).status).toBe(200));
  });
});

describe('resuming', () => {
  it('tells what was missed, filtered alike, with neither a gap nor a repeat', async () => {
    const first = await start(api.adminToken, { query: '?topics=job.updated' });
    await settle(first, toUpdate('job_0'));
    first.hangUp();
    // More than a page, and others go on being told while this one catches up.
    const ids = Array.from({ length: 1_500 }, (_, index) => `job_${index + 1}`);
    await publish(...ids.slice(0, 1_000).map((id) => toUpdate(id)));
    await publish({ type: 'failover', client: 'default', ...toFailover(buildFailover()) });
    const second = start(api.adminToken, { query: '?topics=job.updated', lastEventId: first.ids.at(-1) });
    for (const id of ids.slice(1_000)) await publish(toUpdate(id));
    const listener = await second;
    await eventually(() => expect(listener.events.length).toBeGreaterThanOrEqual(ids.length));
    await settle(listener, toUpdate('job_last'));
    expect(toIds(listener)).toEqual([...ids, 'job_last']);
    expect(new Set(listener.events.map(({ id }) => id)).size).toBe(ids.length + 1);
  });

  it('goes on in another process, and after a restart', async () => {
    const token = api.adminToken;
    const other = await startTestApi({ bed: api.bed, clock, config: { UNDERSTUDY_BOOTSTRAP_TOKEN: token } });
    const here = await start(token);
    const there = await start(token, { on: other });
    await settle(here, toUpdate('job_both'));
    await eventually(() => expect(toIds(there)).toEqual(['job_both']));
    expect(there.events.map(({ id }) => id)).toEqual(
      here.events.filter(({ type }) => type !== 'stats').map(({ id }) => id),
    );
    await other.close();
    await there.ended;
    await publish(toUpdate('job_missed'));
    const restarted = await startTestApi({
      bed: api.bed,
      clock,
      config: { UNDERSTUDY_BOOTSTRAP_TOKEN: token },
    });
    const again = await start(token, { on: restarted, lastEventId: there.ids.at(-1) });
    await settle(again, toUpdate('job_live'));
    expect(toIds(again)).toEqual(['job_missed', 'job_live']);
    await restarted.close();
    await again.ended;
  });

  it.each(['nonsense', '0-0', '1-0:00000000', `${'9'.repeat(400)}-0:00000000`, '-', '{"$gt":""}'])(
    'begins with a reset behind the id %s',
    async (lastEventId) => {
      const listener = await start(api.adminToken, { query: '?topics=job.updated', lastEventId });
      await settle(listener, toUpdate('job_1'));
      expect(listener.events.map(({ type }) => type)).toEqual(['reset', 'job.updated']);
      expect(listener.events[0]?.data).toEqual({});
      const resumed = await start(api.adminToken, {
        query: '?topics=job.updated',
        lastEventId: listener.events[0]?.id ?? '',
      });
      await eventually(() => expect(toIds(resumed)).toEqual(['job_1']));
    },
  );

  it('begins with a reset behind an id that the stream no longer reaches back to', async () => {
    const first = await start(api.adminToken, { query: '?topics=job.updated' });
    await settle(first);
    const late = first.ids.at(-1);
    first.hangUp();
    for (let page = 0; page < MAX_EVENTS / 1_000 + 2; page += 1) {
      await publish(...Array.from({ length: 1_000 }, () => toUpdate('job_many')));
    }
    const query = '?topics=failover';
    const newer = (await start()).ids.at(-1);
    const [lost, resumed] = await Promise.all([
      start(api.adminToken, { query, lastEventId: late }),
      start(api.adminToken, { query, lastEventId: newer }),
    ]);
    const failover = { type: 'failover', client: 'default', ...toFailover(buildFailover()) } as const;
    await settle(lost, failover);
    expect(lost.events.map(({ type }) => type)).toEqual(['reset', 'failover']);
    await eventually(() => expect(toIds(resumed)).toEqual([failover.id]));
    expect(resumed.events).toHaveLength(1);
  });

  it('tells everybody to fetch again after Redis was wiped, and goes on', async () => {
    const listener = await start(api.adminToken, { query: '?topics=job.updated' });
    await settle(listener, toUpdate('job_1'));
    const before = listener.ids.at(-1);
    await api.bed.redis.del(toStreamKey(api.bed.prefix), `${api.bed.prefix}:epoch`);
    await eventually(() => expect(listener.events.at(-1)?.type).toBe('reset'));
    await settle(listener, toUpdate('job_2'));
    expect(listener.events.map(({ type }) => type)).toEqual(['job.updated', 'reset', 'job.updated']);
    const late = await start(api.adminToken, { query: '?topics=job.updated', lastEventId: before });
    await eventually(() => expect(late.events[0]?.type).toBe('reset'));
  });
});
