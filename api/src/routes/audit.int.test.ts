import { randomUUID } from 'node:crypto';
import { createClient } from '@understudy/shared/client/client';
import { createId, toIdAt } from '@understudy/shared/ids';
import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { ensureBootstrapToken } from '@understudy/shared/store/tokens/ensure-bootstrap-token';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { routes } from './routes.ts';

const CANARY = 'canary-7f3a9c';
const CONFIG = { model: 'own', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } };
const PROVIDER = { type: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', configuration: CONFIG };
const HOOK = { url: 'http://127.0.0.1:9/hook', events: ['classification.failed'] };
const LABELS = { labels: ['a', 'b'] };

let api: TestApi;
/** Everything that must be known to its owner only. */
const secrets = new Set<string>([CANARY]);
let made = 0;
beforeAll(async () => {
  api = await startTestApi({ config: { OPENAI_API_KEY: `sk-${CANARY}-environment` } });
  secrets.add(api.adminToken);
});
afterAll(() => api.close());

type Body = Record<string, unknown> | undefined;
const send = async (method: string, path: string, body?: Body, headers: Record<string, string> = {}) => {
  const reply = await api.admin(method, path, { headers, ...(body === undefined ? {} : { body }) });
  for (const secret of [reply.body?.secret, reply.body?.token]) if (secret) secrets.add(secret);
  return reply;
};
const name = () => `thing-${(made += 1)}`;

const addProvider = async () =>
  (await send('POST', '/api/providers', { ...PROVIDER, name: name(), apiKey: `sk-${CANARY}` })).body.name;
const addClassifier = async () =>
  (await send('POST', '/api/classifiers', { name: name(), ...LABELS })).body.name;
const addHook = async () => (await send('POST', '/api/webhooks', HOOK)).body.id;
const addToken = async () =>
  (await send('POST', '/api/tokens', { name: name(), scopes: ['jobs:read'] })).body.id;
async function addJob(overrides: Parameters<typeof buildJob>[0] = {}) {
  const job = buildJob({ text: `a text with ${CANARY}`, ...overrides });
  await api.bed.store.jobs.create(job);
  return job._id;
}
const addAnswered = () => {
  const result = { label: 'billing', labels: [{ name: 'billing', confidence: 1 }], rationale: null };
  return addJob({ state: 'succeeded', finishedAt: new Date(), result });
};
async function addSession() {
  const reply = await api.anonymous('POST', '/api/session', { body: { token: api.adminToken } });
  const cookie = reply.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  secrets.add(cookie.split('=')[1] ?? '');
  return cookie;
}
async function addUnpriced() {
  const provider = await addProvider();
  const { body } = await api.admin('GET', `/api/providers/${provider}`);
  const reference = { id: body.id, name: provider, type: 'openai-compatible' as const, model: 'own' };
  const end = buildAttemptEnd({ costNanoUsd: null, pricing: 'unpriced', priceVersion: null });
  await api.bed.store.attempts.create({
    ...buildAttempt({ provider: reference }),
    ...end,
    settledAt: new Date(),
  });
  return provider;
}

interface Change {
  action: string;
  /** Makes the change, under the id of its request. */
  run(headers: Record<string, string>): Promise<unknown>;
  /** What stands on each side; null where there is nothing. */
  before: object | null;
  after: object | null;
}
const change = (action: string, before: object | null, after: object | null, run: Change['run']): Change => ({
  action,
  before,
  after,
  run,
});
/** A change of something that is made first. */
const of =
  (make: () => Promise<string>, method: string, toPath: (id: string) => string, body?: Body) =>
  async (headers: Record<string, string>) => {
    const id = await make();
    const reply = await send(method, toPath(id), body, headers);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  };
/** A drill is on record before a worker is asked for, and there is none here. */
const drill = (path: string) => async (headers: Record<string, string>) => {
  const body = { providerId: await addProvider(), fault: 'silent', text: `a text with ${CANARY}` };
  const gone = new AbortController();
  const asked = api.admin('POST', path, { body, headers, signal: gone.signal }).catch(() => {});
  const requestId = headers['X-Request-Id'];
  await eventually(async () => (await api.bed.store.audit.countDocuments({ requestId })) > 0);
  gone.abort();
  await asked;
};

const any = {};
const price = { configuration: { price: { inputUsdPerMillion: 2, outputUsdPerMillion: 2 } } };
/** Every row of the table that changes something has to be here, or below with the reason why not. */
const CHANGES: Record<string, Change> = {
  createProvider: change(
    'provider.created',
    null,
    { type: 'openai-compatible', hasApiKey: true, configuration: CONFIG },
    (headers) =>
      send('POST', '/api/providers', { ...PROVIDER, name: name(), apiKey: `sk-${CANARY}` }, headers),
  ),
  replaceProvider: change(
    'provider.updated',
    { hasApiKey: true, enabled: true },
    { hasApiKey: false, enabled: false },
    async (headers) => {
      const provider = await addProvider();
      return send(
        'PUT',
        `/api/providers/${provider}`,
        { ...PROVIDER, name: provider, apiKey: null, enabled: false },
        headers,
      );
    },
  ),
  patchProvider: change(
    'provider.updated',
    { configuration: CONFIG },
    price,
    of(addProvider, 'PATCH', (id) => `/api/providers/${id}`, price),
  ),
  deleteProvider: change(
    'provider.deleted',
    { hasApiKey: true },
    null,
    of(addProvider, 'DELETE', (id) => `/api/providers/${id}`),
  ),
  resetProvider: change(
    'provider.reset',
    any,
    any,
    of(addProvider, 'POST', (id) => `/api/providers/${id}/reset`),
  ),
  repriceProvider: change(
    'provider.repriced',
    { unpricedCount: 1, costUsd: null },
    { unpricedCount: 0, changed: 1 },
    of(addUnpriced, 'POST', (id) => `/api/providers/${id}/reprice`, { from: '2020-01-01', dryRun: false }),
  ),
  acceptProviderOffer: change('provider.created', null, { type: 'openai' }, (headers) =>
    send('POST', '/api/providers/offers/openai', undefined, headers),
  ),
  runFailoverDrill: change('provider.drilled', null, { fault: 'silent' }, drill('/api/providers/failover')),
  runFailoverDrillByHook: change('provider.drilled', null, { fault: 'silent' }, drill('/api/ai/failover')),
  updateDispatchConfig: change(
    'config.updated',
    { hedgeAfterMs: 2_500, strategy: 'priority' },
    { hedgeAfterMs: 2_600, strategy: 'priority' },
    (headers) => send('POST', '/api/providers/config', { hedgeAfterMs: 2_600 }, headers),
  ),
  createClassifier: change('classifier.created', null, { version: 1, ...LABELS }, (headers) =>
    send('POST', '/api/classifiers', { name: name(), ...LABELS }, headers),
  ),
  replaceClassifier: change(
    'classifier.updated',
    LABELS,
    { version: 2, labels: ['c', 'd'] },
    of(addClassifier, 'PUT', (id) => `/api/classifiers/${id}`, { labels: ['c', 'd'] }),
  ),
  patchClassifier: change(
    'classifier.updated',
    { instructions: null },
    { instructions: 'x', ...LABELS },
    of(addClassifier, 'PATCH', (id) => `/api/classifiers/${id}`, { instructions: 'x' }),
  ),
  deleteClassifier: change(
    'classifier.deleted',
    LABELS,
    null,
    of(addClassifier, 'DELETE', (id) => `/api/classifiers/${id}`),
  ),
  createWebhook: change('webhook.created', null, HOOK, (headers) =>
    send('POST', '/api/webhooks', HOOK, headers),
  ),
  replaceWebhook: change(
    'webhook.updated',
    { ...HOOK, enabled: true },
    { enabled: false },
    of(addHook, 'PUT', (id) => `/api/webhooks/${id}`, { ...HOOK, enabled: false }),
  ),
  patchWebhook: change(
    'webhook.updated',
    { description: null },
    { ...HOOK, description: 'ours' },
    of(addHook, 'PATCH', (id) => `/api/webhooks/${id}`, { description: 'ours' }),
  ),
  deleteWebhook: change(
    'webhook.deleted',
    HOOK,
    null,
    of(addHook, 'DELETE', (id) => `/api/webhooks/${id}`),
  ),
  rotateWebhookSecret: change(
    'webhook.secret_rotated',
    { secrets: 1 },
    { secrets: 2 },
    of(addHook, 'POST', (id) => `/api/webhooks/${id}/rotate-secret`),
  ),
  rotateClientSecret: change('client.secret_rotated', { secrets: 0 }, { secrets: 1 }, (headers) =>
    send('POST', '/api/clients/default/webhook-secret', undefined, headers),
  ),
  createToken: change(
    'token.created',
    null,
    { scopes: ['admin'], expiresAt: null, requestsPerMinute: null },
    (headers) => send('POST', '/api/tokens', { name: name(), scopes: ['admin'] }, headers),
  ),
  revokeToken: change(
    'token.revoked',
    { scopes: ['jobs:read'], client: 'default' },
    null,
    of(addToken, 'DELETE', (id) => `/api/tokens/${id}`),
  ),
  startSession: change(
    'session.started',
    null,
    { scopes: ['admin'], address: expect.any(String) },
    async (headers) => {
      const reply = await api.anonymous('POST', '/api/session', { body: { token: api.adminToken }, headers });
      secrets.add(reply.headers.get('Set-Cookie')?.split(';')[0]?.split('=')[1] ?? '');
    },
  ),
  endSession: change('session.ended', { scopes: ['admin'] }, null, async (headers) =>
    api.anonymous('DELETE', '/api/session', {
      headers: { ...headers, Cookie: await addSession(), Origin: api.url },
    }),
  ),
  cancelClassification: change(
    'job.cancelled',
    { state: 'queued' },
    { state: 'cancelled' },
    of(addJob, 'POST', (id) => `/api/classifications/${id}/cancel`),
  ),
  retryClassification: change(
    'job.retried',
    { state: 'failed' },
    { state: 'queued' },
    of(
      () => addJob({ state: 'failed', finishedAt: new Date() }),
      'POST',
      (id) => `/api/classifications/${id}/retry`,
    ),
  ),
  eraseClassification: change(
    'job.erased',
    { state: 'succeeded' },
    { state: 'succeeded' },
    of(addAnswered, 'DELETE', (id) => `/api/classifications/${id}`),
  ),
  correctClassification: change(
    'job.corrected',
    null,
    ['bug'],
    of(addAnswered, 'PUT', (id) => `/api/classifications/${id}/correction`, { labels: ['bug'] }),
  ),
  patchCorrection: change(
    'job.corrected',
    null,
    ['bug'],
    of(addAnswered, 'PATCH', (id) => `/api/classifications/${id}/correction`, { labels: ['bug'] }),
  ),
  uncorrectClassification: change('job.uncorrected', ['bug'], null, async (headers) => {
    const id = await addAnswered();
    await send('PUT', `/api/classifications/${id}/correction`, { labels: ['bug'] });
    return send('DELETE', `/api/classifications/${id}/correction`, undefined, headers);
  }),
  changeClassificationsInBulk: change(
    'jobs.cancelled',
    null,
    { filter: { batchId: 'bat_none' } },
    (headers) =>
      send(
        'POST',
        '/api/classifications/bulk',
        { action: 'cancel', filter: { batchId: 'bat_none' } },
        headers,
      ),
  ),
  cancelBatch: change(
    'batch.cancelled',
    { counts: expect.anything() },
    { counts: { cancelled: 1 } },
    async (headers) => {
      const { body } = await send('POST', '/api/classifications/batch', {
        items: [{ text: `a text with ${CANARY}`, ...LABELS }],
      });
      return send('POST', `/api/batches/${body.id}/cancel`, undefined, headers);
    },
  ),
};

/** Rows that leave nothing behind that an operator could want back, and the upstream systems' own traffic. */
const NO_CHANGE: Record<string, string> = {
  submitClassification: 'traffic of an upstream system',
  submitBatch: 'traffic of an upstream system',
  testProvider: 'asks; changes nothing',
  checkHealth: 'asks; what it found is in the history of health',
  testWebhook: 'is in the log of deliveries',
  redeliver: 'is in the log of deliveries',
};

describe('every row that changes something', () => {
  it('is known here', () => {
    const known = new Set([...Object.keys(CHANGES), ...Object.keys(NO_CHANGE)]);
    const changing = routes.filter(({ method }) => method !== 'GET').map(({ id }) => id);
    expect(changing.filter((id) => !known.has(id))).toEqual([]);
  });

  it.each(Object.entries(CHANGES))(
    '%s has one audit row, with before, after, actor and request',
    async (_id, { action, run, before, after }) => {
      const requestId = randomUUID();
      await run({ 'X-Request-Id': requestId });
      const rows = await api.bed.store.audit.find({ requestId }).lean();
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({
        action,
        actor: { tokenId: 'tok_bootstrap', name: 'bootstrap' },
        target: { kind: action.split('.')[0], name: expect.any(String) },
      });
      for (const [side, expected] of [
        [rows[0]?.before, before],
        [rows[0]?.after, after],
      ] as const) {
        if (expected === null) expect(side).toBeNull();
        else expect(side).toMatchObject(expected);
      }
    },
  );

  it('has told no secret and no text', async () => {
    const audit = JSON.stringify(await api.bed.store.audit.find().lean());
    expect(audit.length).toBeGreaterThan(10_000);
    for (const secret of secrets) expect(audit).not.toContain(secret);
  });

  it('has what it takes to restore a setting', async () => {
    const provider = await addProvider();
    const path = `/api/providers/${provider}`;
    const { body: original } = await api.admin('GET', path);
    await send('PATCH', path, { priority: 3, rateLimit: 7, ...price });
    const { body } = await api.admin('GET', `/api/audit?targetId=${original.id}&limit=1`);
    const { hasApiKey: _has, apiKeyLast4: _last4, flagged: _flagged, ...settings } = body.data[0].before;
    const { body: restored } = await send('PATCH', path, settings);
    expect({ ...restored, updatedAt: original.updatedAt }).toEqual(original);
  });

  it('keeps of a large classifier the version only', async () => {
    const labels = [
      { name: 'a', examples: ['x'.repeat(2_000)] },
      ...Array.from({ length: 20 }, (_, index) => ({ name: `l${index}`, examples: ['y'.repeat(2_000)] })),
    ];
    await send('POST', '/api/classifiers', { name: 'large', labels });
    const row = await api.bed.store.audit.findOne({ 'target.name': 'large' }).lean();
    expect(row?.after).toEqual({ version: 1, definitionOmitted: true });
  });
});

describe('what no request did', () => {
  it('has the bootstrap token and its replacement on record', async () => {
    await ensureBootstrapToken(api.bed.store, `ust_${'n'.repeat(48)}`);
    await ensureBootstrapToken(api.bed.store, api.adminToken);
    await api.context.watcher.refresh();
    const rows = await api.bed.store.audit.find({ 'target.id': 'tok_bootstrap' }).sort({ _id: 1 }).lean();
    expect(rows.map(({ action }) => action)).toEqual(['token.created', 'token.replaced', 'token.replaced']);
    expect(rows[0]).toMatchObject({ actor: { tokenId: null, name: 'environment' }, requestId: null });
  });

  it('names the operator who signed in by a link, and has no row of a login that failed', async () => {
    const { code } = await createLoginLink(api.bed.store);
    await api.anonymous('POST', '/api/session', { body: { code } });
    const before = await api.bed.store.audit.countDocuments();
    expect((await api.anonymous('POST', '/api/session', { body: { code } })).status).toBe(401);
    expect(await api.bed.store.audit.countDocuments()).toBe(before);
    const { body } = await api.admin('GET', '/api/audit?actor=operator');
    expect(body.data).toMatchObject([{ action: 'session.started', actor: { tokenId: null } }]);
  });
});

describe('GET /api/audit', () => {
  it('gives all of it page by page, newest first', async () => {
    const ids: string[] = [];
    const client = createClient({ baseUrl: api.url, token: api.adminToken });
    let cursor: string | null | undefined;
    do {
      const page = await client.audit.list({ limit: 20, cursor: cursor ?? undefined });
      ids.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(ids).toHaveLength(await api.bed.store.audit.countDocuments());
  });

  it('is narrowed by kind, target, action, actor and time', async () => {
    const { tokenId } = await api.as({ scopes: ['admin'] });
    const start = Date.parse('2025-06-01T00:00:00Z');
    const rows = Array.from({ length: 6 }, (_, index) => ({
      _id: `${toIdAt('aud', start + index * 3_600_000)}0000000000000000`,
      at: new Date(start + index * 3_600_000),
      actor: { tokenId: index === 4 ? tokenId : 'tok_x', name: index === 4 ? 'zoe' : 'ann' },
      action: index === 3 ? 'webhook.updated' : 'provider.updated',
      target: { kind: index === 3 ? 'webhook' : 'provider', id: `t${index}`, name: 't' },
      before: { index },
      after: null,
      requestId: null,
    }));
    await api.bed.store.audit.insertMany(rows);
    const range = 'from=2025-06-01&to=2025-06-02';
    const read = async (query: string) =>
      (await api.admin('GET', `/api/audit?${range}&${query}`)).body.data.map(
        ({ before }: { before: { index: number } }) => before.index,
      );
    expect(await read('')).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await read('kind=webhook')).toEqual([3]);
    expect(await read('action=webhook.updated')).toEqual([3]);
    expect(await read('targetId=t2')).toEqual([2]);
    expect(await read(`actor=${tokenId}`)).toEqual([4]);
    expect(await read('actor=zoe&kind=webhook')).toEqual([]);
    expect(await read('kind=provider&limit=2')).toEqual([5, 4]);
    const { body } = await api.admin('GET', '/api/audit?from=2025-06-01T01:00:00Z&to=2025-06-01T03:00:00Z');
    expect(body.data.map(({ target }: { target: { id: string } }) => target.id)).toEqual(['t2', 't1']);
  });

  it('reads only the rows that it gives, by whatever it is narrowed', async () => {
    const filters = ['kind=webhook', 'targetId=t2', 'action=webhook.updated', 'actor=zoe', ''].map(
      (part) => `from=2025-06-01&to=2025-06-02&${part}`,
    );
    for (const filter of [...filters, 'actor=zoe', 'action=config.updated', 'limit=5', 'kind=config']) {
      const queries = await profileQueries(api.bed.store, () => api.admin('GET', `/api/audit?${filter}`));
      const [query] = queries.filter(({ collection }) => collection === 'audit');
      expect({ filter, plan: query?.plan }).toEqual({ filter, plan: expect.stringContaining('IXSCAN') });
      expect({ filter, read: query?.docsExamined }).toEqual({ filter, read: query?.results });
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'knows no %s: nobody changes or removes a row',
    async (method) => {
      for (const path of ['/api/audit', `/api/audit/${createId('aud')}`]) {
        const { status } = await api.admin(method, path, { body: {} });
        expect(status).toBe(path === '/api/audit' ? 405 : 404);
      }
    },
  );

  it('needs the scope admin', async () => {
    const operator = await api.as({ scopes: ['jobs:write', 'providers:write'] });
    expect((await operator('GET', '/api/audit')).body).toMatchObject({ code: 'forbidden' });
    expect((await api.admin('GET', '/api/audit?cursor=bm8')).body.code).toBe('invalid_cursor');
  });
});
