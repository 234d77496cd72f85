import { randomUUID } from 'node:crypto';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { routes } from './routes.ts';

const CANARY = 'canary-7f3a9c';
const CONFIG = { model: 'own', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } };
const PROVIDER = { type: 'openai-compatible', baseUrl: 'http://127.0.0.1:2/v1', configuration: CONFIG };
const HOOK = { url: 'http://127.0.0.1:2/hook', events: ['classification.failed'] };
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
    expect({ toPath, status: reply.status }).toEqual({
      toPath,
      status: expect.toSatisfy((status) => status < 300),
    });
  };
/** A drill is on record before a worker is asked for, and there is none here. */
const drill = (path: string) => async (headers: Record<string, string>) => {
  const body = { providerId: await addProvider(), fault: 'silent', text: `a text with ${CANARY}` };
  const gone = new AbortController();
  const asked = api.admin('POST', path, { body, headers, signal: gone.signal }).catch(() => {});
  const requestId = headers['X-Request-Id'] ?? '';
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
    { counts: { queued: 1, cancelled: 0 } },
    { counts: { queued: 0, cancelled: 1 } },
    async (headers) => {
      const { body } = await send('POST', '/api/classifications/batch', {
        items: [{ text: `a text with ${CANARY}`, ...LABELS }],
      });
      return send('POST', `/api/batches/${body.id}/cancel`, undefined, headers);
    },
  ),
  evaluateClassifier: change(
    'evaluation.started',
    null,
    { version: 1, samples: 1, providers: ['local'], jobs: 1 },
    async (headers) => {
      const body = { samples: [{ text: `a text with ${CANARY}`, label: 'a' }], providers: ['local'] };
      return send('POST', `/api/classifiers/${await addClassifier()}/evaluate`, body, headers);
    },
  ),
  cancelEvaluation: change('evaluation.cancelled', null, { cancelled: 1 }, async (headers) => {
    const samples = [{ text: `a text with ${CANARY}`, label: 'a' }];
    const path = `/api/classifiers/${await addClassifier()}/evaluate`;
    const { body } = await send('POST', path, { samples, providers: ['local'] });
    return send('POST', `/api/evaluations/${body.id}/cancel`, undefined, headers);
  }),
};

/** Rows that leave nothing behind that an operator could want back, and the upstream systems' own traffic. */
const NO_CHANGE: Record<string, string> = {
  submitClassification: 'traffic of an upstream system',
  submitBatch: 'traffic of an upstream system',
  testProvider: 'asks; changes nothing',
  testUnsavedProvider: 'asks; changes nothing',
  checkHealth: 'asks; what it found is in the history of health',
  testWebhook: 'is in the log of deliveries',
  redeliver: 'is in the log of deliveries',
  redeliverOfJob: 'is in the log of deliveries',
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
      expect(rows[0]).toMatchObject({ before, after });
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
