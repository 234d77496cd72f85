import { createClient } from '@understudy/shared/client/client';
import { dispatchConfig, type DispatchConfigPart } from '@understudy/shared/contracts/dispatch-config';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let operator: Caller & { token: string };
beforeAll(async () => {
  api = await startTestApi();
  operator = await api.as({ scopes: ['providers:write'] });
});
beforeEach(async () => {
  await api.bed.store.settings.deleteMany({});
  await api.bed.store.audit.deleteMany({});
});
afterAll(() => api.close());

const PATH = '/api/providers/config';
const DEFAULTS = dispatchConfig.parse({});
const get = () => operator('GET', PATH);
const post = (body: unknown, ifMatch?: string, caller: Caller = operator) =>
  caller('POST', PATH, { body, ...(ifMatch === undefined ? {} : { headers: { 'If-Match': ifMatch } }) });
const readAudit = () => api.bed.store.audit.find().sort({ _id: 1 }).lean();

describe('reading', () => {
  it('gives the whole configuration, at first the defaults, with a strong tag', async () => {
    const { status, body, headers } = await get();
    expect(status).toBe(200);
    expect(body).toEqual({ ...DEFAULTS, version: 1 });
    expect(headers.get('ETag')).toBe('"dispatch.1"');
  });

  it('needs the scope providers:read, and writing providers:write', async () => {
    const reader = await api.as({ scopes: ['providers:read'] });
    expect((await reader('GET', PATH)).status).toBe(200);
    const refused = await reader('POST', PATH, { body: { paused: true } });
    expect(refused.body).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('providers:write'),
    });
    const stranger = await api.as({ scopes: ['jobs:write'] });
    expect((await stranger('GET', PATH)).status).toBe(403);
  });
});

describe('changing', () => {
  it('takes a part, nested too, and gives the whole with its next version', async () => {
    const first = await post({ strategy: 'cost', breaker: { failureThreshold: 7 } });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...DEFAULTS,
      strategy: 'cost',
      breaker: { ...DEFAULTS.breaker, failureThreshold: 7 },
      version: 2,
    });
    expect(first.headers.get('ETag')).toBe('"dispatch.2"');
    const second = await post({ breaker: { openMs: 1_000 } });
    expect(second.body).toMatchObject({
      strategy: 'cost',
      breaker: { failureThreshold: 7, openMs: 1_000 },
      version: 3,
    });
    expect((await get()).body).toEqual(second.body);
    expect(api.context.catalogue.config()).toMatchObject({ strategy: 'cost', breaker: { openMs: 1_000 } });
  });

  it('stores only what differs from the defaults', async () => {
    await post({ paused: true, strategy: 'cost', healthCheck: { intervalMs: 5_000 } });
    await post({ paused: false, strategy: 'cost' });
    const stored = await api.bed.store.settings.findById('dispatch').lean();
    expect(stored).toMatchObject({
      version: 3,
      values: { strategy: 'cost', healthCheck: { intervalMs: 5_000 } },
    });
    expect(Object.keys(stored?.values ?? {})).toEqual(['strategy', 'healthCheck']);
  });

  it('is audited with before and after, and told to every process', async () => {
    const before = await api.bed.store.versions.findById('versions').lean();
    await post({ hedgeMaxShare: 0.2 });
    expect(await readAudit()).toMatchObject([
      {
        action: 'config.updated',
        actor: { name: expect.stringContaining('providers:write') },
        target: { kind: 'config', id: 'dispatch' },
        before: DEFAULTS,
        after: { ...DEFAULTS, hedgeMaxShare: 0.2 },
        requestId: expect.any(String),
      },
    ]);
    const after = await api.bed.store.versions.findById('versions').lean();
    expect(after?.config).toBe((before?.config ?? 0) + 1);
  });

  it('makes no version and no audit row of what changes nothing', async () => {
    expect((await post({})).body.version).toBe(1);
    expect((await post({ paused: false, breaker: {} })).body.version).toBe(1);
    expect(await readAudit()).toEqual([]);
  });

  it('loses none of several changes that come at once', async () => {
    const parts: DispatchConfigPart[] = [
      { strategy: 'latency' },
      { paused: true },
      { failoverEnabled: false },
      { hedgeAfterMs: 1_111 },
      { breaker: { windowMs: 11_111 } },
      { breaker: { rampMs: 2_222 } },
      { healthCheck: { healthyAfter: 3 } },
      { healthCheck: { unhealthyAfter: 4 } },
    ];
    const replies = await Promise.all(parts.map((part) => post(part)));
    expect(replies.map(({ status }) => status)).toEqual(parts.map(() => 200));
    expect((await get()).body).toMatchObject({
      strategy: 'latency',
      paused: true,
      failoverEnabled: false,
      hedgeAfterMs: 1_111,
      breaker: { windowMs: 11_111, rampMs: 2_222 },
      healthCheck: { healthyAfter: 3, unhealthyAfter: 4 },
      version: 1 + parts.length,
    });
    expect(await readAudit()).toHaveLength(parts.length);
  });
});

describe('what is refused', () => {
  it.each([
    ['/nonsense', { nonsense: 1 }, 'is not a known field'],
    ['/version', { version: 3 }, 'is not a known field'],
    ['/breaker/nonsense', { breaker: { nonsense: 1 } }, 'is not a known field'],
    ['/paused', { paused: null }, 'received null'],
    ['/breaker', { breaker: null }, 'received null'],
    ['/breaker/openMs', { breaker: { openMs: null } }, 'received null'],
    ['/strategy', { strategy: 'fastest' }, 'expected one of'],
    ['/hedgeMaxShare', { hedgeMaxShare: 1.5 }, '<=1'],
    ['/healthCheck/timeoutMs', { healthCheck: { timeoutMs: 2_001 } }, '<=2000'],
    ['/dispatchBudgetMs', { dispatchBudgetMs: 1_000.5 }, 'int'],
  ])('answers 422 with the pointer %s', async (pointer, part, detail) => {
    const { status, body } = await post(part);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toMatchObject([{ pointer, detail: expect.stringContaining(detail) }]);
    expect((await get()).body).toEqual({ ...DEFAULTS, version: 1 });
  });

  it('is a change of what was changed since it was read', async () => {
    const etag = (await get()).headers.get('ETag') ?? '';
    const guarded = await post({ paused: true }, etag);
    expect(guarded.status).toBe(200);
    const late = await post({ paused: false }, etag);
    expect([late.status, late.body.code]).toEqual([412, 'stale']);
    expect((await get()).body).toMatchObject({ paused: true, version: 2 });
  });

  it.each([{ retention: { textDays: 0 } }, { maxWaitingJobs: 10 }, { paused: true, retention: {} }])(
    'is %j from anybody but an administrator',
    async (part) => {
      const { status, body } = await post(part);
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('admin') });
      expect((await get()).body).toEqual({ ...DEFAULTS, version: 1 });
      const allowed = await post(part, undefined, api.admin);
      expect(allowed.status).toBe(200);
      expect(allowed.body).toMatchObject(part);
    },
  );
});

it('is read and changed by the TypeScript client, guarded by its tag', async () => {
  const { config: client } = createClient({ baseUrl: api.url, token: operator.token });
  const { config, etag } = await client.get();
  expect(config).toEqual({ ...DEFAULTS, version: 1 });
  const updated = await client.update({ breaker: { openMs: 5_000 } }, { ifMatch: etag });
  expect(updated).toMatchObject({ config: { breaker: { openMs: 5_000 }, version: 2 }, etag: '"dispatch.2"' });
  await expect(client.update({ paused: true }, { ifMatch: etag })).rejects.toMatchObject({ code: 'stale' });
});
