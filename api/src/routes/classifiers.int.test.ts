import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/classifiers';
const LABELS = ['billing', { name: 'bug', description: 'A defect', examples: ['It crashed'] }];
const create = (name: string, more: object = {}) =>
  api.admin('POST', PATH, { body: { name, labels: LABELS, ...more } });

it('adds a classifier and reads it whole', async () => {
  const { status, body, headers } = await create('support');
  expect(status).toBe(201);
  expect(headers.get('Location')).toBe(`${PATH}/support`);
  expect(body).toMatchObject({
    name: 'support',
    version: 1,
    labels: LABELS,
    multiLabel: false,
    threshold: null,
  });
  const read = await api.admin('GET', `${PATH}/support`);
  expect(read.body).toEqual(body);
  expect(read.headers.get('ETag')).toBe(headers.get('ETag'));
  expect((await create('support')).body).toMatchObject({ status: 409, code: 'classifier_name_taken' });
});

it('makes a new version of every PUT and PATCH, and keeps the old ones', async () => {
  await create('versions', { instructions: 'Be strict' });
  const put = await api.admin('PUT', `${PATH}/versions`, { body: { labels: ['x', 'y'] } });
  expect(put.body).toMatchObject({ version: 2, labels: ['x', 'y'], instructions: null });
  const patch = await api.admin('PATCH', `${PATH}/versions`, { body: { multiLabel: true, threshold: 0.4 } });
  expect(patch.body).toMatchObject({ version: 3, labels: ['x', 'y'], multiLabel: true, threshold: 0.4 });

  const first = await api.admin('GET', `${PATH}/versions/versions?limit=2`);
  const second = await api.admin('GET', `${PATH}/versions/versions?limit=2&cursor=${first.body.nextCursor}`);
  const versions = [...first.body.data, ...second.body.data];
  expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(second.body.nextCursor).toBeNull();
  expect(versions[2].labels).toEqual(['billing', { name: 'bug', description: 'A defect' }]);
  const old = await api.admin('GET', `${PATH}/versions/versions/1`);
  expect(old.body).toMatchObject({ version: 1, labels: LABELS, instructions: 'Be strict' });
  expect((await api.admin('GET', `${PATH}/versions/versions/4`)).status).toBe(404);

  await create('another');
  const alien = await api.admin('GET', `${PATH}/another/versions?cursor=${first.body.nextCursor}`);
  expect(alien.body.code).toBe('invalid_cursor');
});

it('guards against lost updates by the ETag, also across a removal', async () => {
  const { headers } = await create('tagged');
  const stale = { 'If-Match': headers.get('ETag') ?? '' };
  const put = (h: Record<string, string>) =>
    api.admin('PUT', `${PATH}/tagged`, { body: { labels: ['a', 'b'] }, headers: h });
  expect((await put(stale)).status).toBe(200);
  expect((await put(stale)).body.code).toBe('stale');
  expect((await api.admin('DELETE', `${PATH}/tagged`, { headers: stale })).body.code).toBe('stale');
  expect((await api.admin('DELETE', `${PATH}/tagged`)).status).toBe(204);
  expect((await api.admin('GET', `${PATH}/tagged`)).body.code).toBe('not_found');
  const again = await create('tagged');
  expect(again.body.version).toBe(1);
  expect((await put(stale)).body.code).toBe('stale');
});

it('lets versions made at the same moment follow each other', async () => {
  await create('busy');
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => api.admin('PATCH', `${PATH}/busy`, { body: { instructions: 'x' } })),
  );
  expect(replies.map(({ body }) => body.version).toSorted()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

it('lists them newest first without examples', async () => {
  const { body } = await api.admin('GET', PATH);
  const names = body.data.map(({ name }: { name: string }) => name);
  expect(names.indexOf('busy')).toBeLessThan(names.indexOf('support'));
  expect(JSON.stringify(body)).not.toContain('It crashed');
});

it('records each change with its versions', async () => {
  await create('audited');
  await api.admin('PATCH', `${PATH}/audited`, { body: { instructions: 'x' } });
  await api.admin('DELETE', `${PATH}/audited`);
  const rows = await api.bed.store.audit.find({ 'target.name': 'audited' }).sort({ _id: 1 }).lean();
  expect(rows).toMatchObject([
    { action: 'classifier.created', before: null, after: { version: 1 } },
    { action: 'classifier.updated', before: { version: 1 }, after: { version: 2 } },
    { action: 'classifier.deleted', before: { version: 2 }, after: null },
  ]);
});

it.each([
  [{ labels: LABELS }, '/name'],
  [{ name: '-x', labels: LABELS }, '/name'],
  [{ name: 'x', labels: ['a'] }, '/labels'],
  [{ name: 'x', labels: ['a', 'a'] }, '/labels/1'],
  [{ name: 'x', labels: LABELS, threshold: 0.5 }, '/threshold'],
  [{ name: 'x', labels: LABELS, version: 3 }, '/version'],
])('refuses %#', async (body, pointer) => {
  const reply = await api.admin('POST', PATH, { body });
  expect(reply.body).toMatchObject({ status: 422, errors: [{ pointer }] });
});

it('refuses another name in a PUT', async () => {
  await create('named');
  const reply = await api.admin('PUT', `${PATH}/named`, { body: { name: 'other', labels: ['a', 'b'] } });
  expect(reply.body).toMatchObject({ status: 422, errors: [{ pointer: '/name' }] });
});

it('takes 8 MB and no more', async () => {
  const examples = Array.from({ length: 500 }, (_, index) => `${index} `.padEnd(2_000, 'x'));
  const labels = ['a', 'b', 'c', 'd'].map((name) => ({ name, examples }));
  expect((await create('large', { labels })).status).toBe(201);
  const more = Array.from({ length: 5 }, (_, index) => ({ name: `more ${index}`, examples }));
  expect((await create('too-large', { labels: [...labels, ...more] })).body.code).toBe('body_too_large');
});

describe('of definitions that are large together', () => {
  const PAGE_BYTES = 4 * 1_048_576;
  /** More than a megabyte, and without examples. */
  const labels = Array.from({ length: 200 }, (_, index) => ({
    name: `label ${index}`,
    description: '語'.repeat(2_000),
  }));
  const NAMES = ['huge-1', 'huge-2', 'huge-3', 'huge-4', 'huge-5'];
  beforeAll(async () => {
    for (const name of NAMES) await create(name, { labels });
    for (const instructions of ['2', '3', '4', '5']) {
      await api.admin('PATCH', `${PATH}/huge-1`, { body: { instructions } });
    }
  });

  /** The pages of a list to its end, each of a size that fits. */
  async function readPages(path: string): Promise<{ name: string; version: number }[][]> {
    const pages = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? 'limit=200' : `limit=200&cursor=${cursor}`;
      const { text, body } = await api.admin('GET', `${path}?${query}`);
      expect(Buffer.byteLength(text)).toBeLessThan(PAGE_BYTES);
      pages.push(body.data);
      cursor = body.nextCursor;
    }
    return pages;
  }

  it('ends a page of classifiers early, and goes on behind it', async () => {
    const pages = await readPages(PATH);
    const found = pages.flat().map(({ name }) => name);
    expect(found.slice(0, NAMES.length)).toEqual(NAMES.toReversed());
    expect(found).toHaveLength(await api.bed.store.classifiers.countDocuments());
    expect(pages).toHaveLength(2);
  });

  it('ends a page of versions early, and goes on behind it', async () => {
    const pages = await readPages(`${PATH}/huge-1/versions`);
    expect(pages.flat().map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    expect(pages).toHaveLength(2);
  });
});
