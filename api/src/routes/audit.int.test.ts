import { createClient } from '@understudy/shared/client/client';
import { createId, toIdAt } from '@understudy/shared/ids';
import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { ensureBootstrapToken } from '@understudy/shared/store/tokens/ensure-bootstrap-token';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  // More than one page of rows that no filter below names.
  for (let index = 0; index < 12; index += 1) {
    const body = { hedgeAfterMs: 2_000 + index };
    await api.admin('POST', '/api/providers/config', { body });
  }
});
afterAll(() => api.close());

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
      const page = await client.audit.list({ limit: 5, cursor: cursor ?? undefined });
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
      const query = queries.find(({ collection }) => collection === 'audit');
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
