import { connect } from 'node:net';
import { createId } from '@understudy/shared/ids';
import { eventually } from '@understudy/shared/testing/eventually';
import { toNative } from '@understudy/shared/store/define-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  const { jobs, batches, stagedJobs } = api.bed.store;
  await Promise.all([jobs.deleteMany({}), batches.deleteMany({}), stagedJobs.deleteMany({})]);
});

const LABELS = ['billing', 'bug'];
const PATH = '/api/classifications/batch';
const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const submit = (body: unknown, headers: Record<string, string> = {}, as = api.admin) =>
  as('POST', PATH, { body, headers });
const submitLines = (lines: readonly unknown[], headers: Record<string, string> = {}) =>
  api.admin('POST', PATH, { raw: lines.map(toLine).join('\n'), headers: { ...NDJSON, ...headers } });
const toLine = (line: unknown) => (typeof line === 'string' ? line : JSON.stringify(line));
const texts = (count: number) => Array.from({ length: count }, (_, index) => ({ text: `text ${index}` }));
const readJobs = (batchId: string) => api.bed.store.jobs.find({ batchId }).sort({ _id: 1 }).lean();
async function expectNothing() {
  const { jobs, batches, stagedJobs } = api.bed.store;
  expect(
    await Promise.all([jobs, batches, stagedJobs].map((model) => (model as typeof jobs).countDocuments({}))),
  ).toEqual([0, 0, 0]);
}

describe('a batch as JSON', () => {
  it('makes a job of each item, in order, with the defaults where it has nothing of its own', async () => {
    const items = [
      { text: 'a', customId: 'x' },
      { text: 'b', priority: 1, metadata: { k: '2' } },
    ];
    const defaults = { labels: LABELS, priority: 3, metadata: { k: '1' } };
    const reply = await submit({ items, defaults });
    expect(reply.status).toBe(202);
    expect(reply.headers.get('Location')).toBe(`/api/batches/${reply.body.id}`);
    const jobs = await readJobs(reply.body.id);
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^bat_/),
      accepted: 2,
      rejected: [],
      jobs: [
        { index: 0, customId: 'x', id: jobs[0]?._id },
        { index: 1, customId: null, id: jobs[1]?._id },
      ],
    });
    expect(jobs).toMatchObject([
      { text: 'a', labels: LABELS, priority: 3, metadata: { k: '1' }, state: 'queued', waiting: true },
      { text: 'b', labels: LABELS, priority: 1, metadata: { k: '2' }, state: 'queued', waiting: true },
    ]);
    const job = await api.admin('GET', `/api/classifications/${jobs[0]?._id}`);
    expect(job.body).toMatchObject({ batchId: reply.body.id, state: 'queued' });
    expect(Date.parse(job.body.deadlineAt) - Date.parse(job.body.createdAt)).toBe(86_400_000);
    expect(await api.bed.store.stagedJobs.countDocuments({})).toBe(0);
  });

  it('lets an item choose labels where the defaults have a classifier, and the other way round', async () => {
    await api.admin('POST', '/api/classifiers', { body: { name: 'support', labels: ['x', 'y'] } });
    const labels = await submit({
      defaults: { classifier: 'support' },
      items: [{ text: 'a' }, { text: 'b', labels: LABELS }],
    });
    const classifier = await submit({
      defaults: { labels: LABELS, multiLabel: true, threshold: 0.2, instructions: 'Be kind' },
      items: [{ text: 'a', classifier: 'support' }, { text: 'b' }],
    });
    expect(await readJobs(labels.body.id)).toMatchObject([
      { labels: null, classifier: { name: 'support' } },
      { labels: LABELS, classifier: null },
    ]);
    expect(await readJobs(classifier.body.id)).toMatchObject([
      { classifier: { name: 'support' }, multiLabel: false, instructions: null },
      { classifier: null, multiLabel: true, threshold: 0.2, instructions: 'Be kind' },
    ]);
  });

  it('rejects what is wrong, each with its pointers, and accepts the rest', async () => {
    const reply = await submit({
      defaults: { labels: LABELS },
      items: [
        { text: '' },
        { text: 'good', customId: 'one' },
        { text: 'twice', customId: 'one' },
        { text: 'x', labels: ['a', 'a'], customId: 'two' },
        { text: 'x', classifier: 'nowhere' },
        { text: 'x', providers: ['nobody'] },
        { customId: 'c'.repeat(129), text: 'x' },
        42,
        null,
        ['x'],
        { text: 'x', $where: '1', nonsense: true },
        { text: 'a\0b' },
      ],
    });
    expect(reply.status).toBe(202);
    expect(reply.body.accepted).toBe(1);
    const rejected = reply.body.rejected as { index: number; customId: string | null; errors: object[] }[];
    expect(rejected.map(({ index, customId }) => [index, customId])).toEqual([
      [0, null],
      [2, 'one'],
      [3, 'two'],
      [4, null],
      [5, null],
      [6, null],
      [7, null],
      [8, null],
      [9, null],
      [10, null],
      [11, null],
    ]);
    expect(rejected.map(({ errors }) => errors)).toMatchObject([
      [{ pointer: '/text' }],
      [{ pointer: '/customId', code: 'not_unique' }],
      [{ pointer: '/labels/1' }],
      [{ pointer: '/classifier' }],
      [{ pointer: '/providers/0' }],
      [{ pointer: '/customId' }],
      [{ pointer: '' }],
      [{ pointer: '' }],
      [{ pointer: '' }],
      [{ pointer: '/$where' }, { pointer: '/nonsense' }],
      [{ pointer: '/text' }],
    ]);
  });

  it('rejects what is neither plain nor shallow, and accepts the rest', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const raw = `{"items":[{"__proto__":1,"text":${deep}},{"text":"good","labels":["a","b"]}]}`;
    for (const headers of [{}, { 'Idempotency-Key': createId('evt') }]) {
      const reply = await api.admin('POST', PATH, { raw, headers });
      const rejected = [{ index: 0, errors: [{ pointer: '/__proto__' }] }];
      expect(reply).toMatchObject({ status: 202, body: { accepted: 1, rejected } });
    }
  });

  it('takes no keys of prototypes and nothing nested without end', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const raw = `{"items":[{"text":"x","labels":["a","b"],"__proto__":{"a":1}},{"text":"y","labels":["a","b"],"metadata":${deep}},{"text":"z","labels":["a","b"]}]}`;
    const headers = { 'Idempotency-Key': createId('evt') };
    const reply = await api.admin('POST', PATH, { raw, headers });
    expect(reply.body.rejected).toMatchObject([
      { index: 0, errors: [{ pointer: '/__proto__' }] },
      { index: 1, errors: [{ code: 'too_deep' }] },
    ]);
    expect((await api.admin('POST', PATH, { raw, headers })).body).toEqual(reply.body);
  });

  it.each([
    ['nothing', '', 422, 'validation_failed'],
    ['no items', '{}', 422, 'validation_failed'],
    ['an empty list', '{"items":[]}', 422, 'validation_failed'],
    ['items that are no list', '{"items":{}}', 422, 'validation_failed'],
    ['another field', '{"items":[{"text":"x","labels":["a","b"]}],"more":[1]}', 422, 'validation_failed'],
    ['defaults with a text', '{"defaults":{"text":"x"},"items":[{"text":"x"}]}', 422, 'validation_failed'],
    ['wrong defaults', '{"defaults":{"priority":99},"items":[{"text":"x"}]}', 422, 'validation_failed'],
    ['only wrong items', '{"items":[{"text":"x"},{}]}', 422, 'validation_failed'],
    ['broken JSON at its end', '{"items":[{"text":"x","labels":["a","b"]}]', 400, 'malformed_json'],
    ['a comma too many', '{"items":[{"text":"x","labels":["a","b"]},]}', 400, 'malformed_json'],
    ['a broken item', '{"items":[{"text":"x","labels":["a","b"]},{"text":nope}]}', 400, 'malformed_json'],
    ['words behind it', '{"items":[{"text":"x","labels":["a","b"]}]} x', 400, 'malformed_json'],
    ['a bare list', '[{"text":"x","labels":["a","b"]}]', 400, 'malformed_json'],
  ])('refuses %s, and nothing stays', async (_, raw, status, code) => {
    const reply = await api.admin('POST', PATH, { raw });
    expect(reply).toMatchObject({ status, body: { code } });
    await expectNothing();
  });

  it('names the fields that it does not know, the first hundred of them, and takes none more often', async () => {
    const items = JSON.stringify([{ text: 'x', labels: LABELS }]);
    const fields = (count: number, toName: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => `"${toName(index)}":true`).join();
    const ask = async (members: string) => {
      const { status, body } = await api.admin('POST', PATH, { raw: `{${members},"items":${items}}` });
      return [status, ...(body.errors ?? [])];
    };
    const unknown = (index: number) => ({
      pointer: `/k${index}`,
      detail: 'is not a known field',
      code: 'unknown_field',
    });
    expect(await ask(fields(2, (index) => `k${index}`))).toEqual([422, unknown(0), unknown(1)]);
    expect(await ask(fields(50_000, (index) => `k${index}`))).toEqual([
      422,
      ...Array.from({ length: 100 }, (_, index) => unknown(index)),
    ]);
    const tooMany = { pointer: '', detail: 'has more than 100 members', code: 'too_big' };
    expect(await ask(fields(99, () => 'atomic'))).toEqual([202]);
    expect(await ask(fields(100, () => 'atomic'))).toEqual([422, tooMany]);
  });

  it('refuses an atomic batch for one wrong item, naming it', async () => {
    const reply = await submit({
      atomic: true,
      defaults: { labels: LABELS },
      items: [{ text: 'x' }, { text: '' }],
    });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/items/1/text' }] } });
    await expectNothing();
  });

  it('takes 10,000 items and not one more', async () => {
    const defaults = { labels: LABELS };
    expect((await submit({ defaults, items: texts(10_000) })).body.accepted).toBe(10_000);
    const reply = await submit({ defaults, items: texts(10_001) });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/items' }] } });
    expect(await api.bed.store.jobs.countDocuments({})).toBe(10_000);
  });

  it('rejects an item that is larger than a job may be', async () => {
    const items = [{ text: 'x', metadata: { k: 'x'.repeat(2_100_000) } }, { text: 'y' }];
    const reply = await submit({ defaults: { labels: LABELS }, items });
    expect(reply.body).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, errors: [{ code: 'body_too_large' }] }],
    });
  });

  it('refuses a body that says it is too large, and one whose defaults would be without measure', async () => {
    const item = { text: 'x'.repeat(190_000) };
    const large = await submit({ items: Array.from({ length: 180 }, () => item) });
    expect(large).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    const labels = LABELS.map((name) => ({
      name,
      examples: Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(1_000, 'x')),
    }));
    const spread = await submit({ defaults: { labels }, items: texts(500) });
    expect(spread).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    await expectNothing();
  });
});

it('waits no longer than 3 s for a ledger that does not make the jobs of an accepted batch', async () => {
  const never = new Promise<never>(() => {});
  const silent = vi.spyOn(toNative(api.context.store.stagedJobs), 'aggregate');
  silent.mockReturnValue({ toArray: () => never } as never);
  const accepted = await submit({ items: texts(2), defaults: { labels: LABELS } });
  expect(accepted.status).toBe(202);
  const read = () => api.admin('GET', `/api/batches/${accepted.body.id}/results`);
  expect((await read()).body).toMatchObject({ status: 503, code: 'store_unavailable' });
  silent.mockRestore();
  expect((await read()).status).toBe(200);
  expect(await readJobs(accepted.body.id)).toHaveLength(2);
});

it('is known by its jobs, and can be changed in bulk, where nobody has made them of it yet', async () => {
  const accept = async () => {
    const silent = vi.spyOn(toNative(api.context.store.stagedJobs), 'aggregate');
    silent.mockReturnValue({ toArray: () => Promise.reject(new Error('away')) } as never);
    const { body } = await submit({ items: texts(2), defaults: { labels: LABELS } });
    silent.mockRestore();
    expect(await readJobs(body.id)).toHaveLength(0);
    return body;
  };
  const shown = await accept();
  const first = await api.admin('GET', `/api/classifications/${shown.jobs[0].id}`);
  expect(first).toMatchObject({ status: 200, body: { state: 'queued', batchId: shown.id } });
  const { id } = await accept();
  const action = { action: 'cancel', filter: { batchId: id } };
  const cancelled = await api.admin('POST', '/api/classifications/bulk', { body: action });
  expect(cancelled.body).toMatchObject({ matched: 2, changed: 2 });
  expect((await readJobs(id)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
});

describe('a batch as lines', () => {
  it('takes defaults from the first line, skips blank lines, and counts items from 0', async () => {
    const reply = await submitLines([
      '\uFEFF{"defaults":{"labels":["a","b"]}}\r',
      '',
      { text: 'x' },
      '  ',
      { text: 'y', customId: 'last' },
      '',
    ]);
    expect(reply.body).toMatchObject({ accepted: 2, jobs: [{ index: 0 }, { index: 1, customId: 'last' }] });
    expect(await readJobs(reply.body.id)).toMatchObject([{ text: 'x', labels: ['a', 'b'] }, { text: 'y' }]);
  });

  it('needs no defaults', async () => {
    const reply = await submitLines([{ text: 'x', labels: LABELS }]);
    expect(reply.body).toMatchObject({ accepted: 1 });
  });

  it('rejects a malformed and a too large line, and goes on behind it', async () => {
    const reply = await submitLines([
      { text: 'x', labels: LABELS },
      '{"text": nope}',
      `{"text":"${'x'.repeat(2_200_000)}"}`,
      { text: 'y', labels: LABELS },
    ]);
    expect(reply.body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, customId: null, errors: [{ pointer: '', code: 'malformed_json' }] },
        { index: 2, errors: [{ pointer: '', code: 'body_too_large' }] },
      ],
    });
  });

  it('refuses all for one wrong line where the first line says atomic', async () => {
    const reply = await submitLines([{ atomic: true, defaults: { labels: LABELS } }, { text: 'x' }, 'nope']);
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/items/1' }] } });
    await expectNothing();
  });

  it.each([
    ['nothing', []],
    ['only a first line', [{ defaults: { labels: LABELS } }]],
    ['wrong defaults', [{ defaults: { nonsense: 1 } }, { text: 'x', labels: LABELS }]],
    ['only wrong lines', ['nope', '42']],
  ])('refuses %s, and nothing stays', async (_, lines) => {
    expect(await submitLines(lines)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    await expectNothing();
  });

  it('refuses more than 64 MB that come without a length, and keeps nothing', async () => {
    const line = Buffer.from(`${JSON.stringify({ text: 'x'.repeat(190_000), labels: LABELS })}\n`);
    async function* lines() {
      for (let sent = 0; sent < 70 * 1_048_576; sent += line.length) yield line;
    }
    const { token } = await api.as({ scopes: ['jobs:write'] });
    const init = { method: 'POST', body: lines() as never, duplex: 'half' as const };
    const response = await fetch(api.url + PATH, {
      ...init,
      headers: { ...NDJSON, Authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
    await expectNothing();
  });

  it('counts the defaults of lines that are wrong, and of a batch whose key was used before', async () => {
    const label = (name: string) => ({
      name,
      examples: Array.from({ length: 450 }, (_, index) => `${index}`.padEnd(2_000, 'x')),
    });
    const lines = [
      { defaults: { labels: LABELS.map(label) } },
      ...Array.from({ length: 200 }, () => ({ text: '' })),
    ];
    const headers = { 'Idempotency-Key': createId('evt') };
    const tooLarge = { status: 413, body: { code: 'body_too_large' } };
    expect(await submitLines(lines)).toMatchObject(tooLarge);
    await expectNothing();
    expect((await submit({ items: texts(1), defaults: { labels: LABELS } }, headers)).status).toBe(202);
    expect(await submitLines(lines, headers)).toMatchObject(tooLarge);
  });

  it('accepts nothing of a body that breaks off', async () => {
    const { token } = await api.as({ scopes: ['jobs:write'] });
    const port = Number(new URL(api.url).port);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 900000\r\n\r\n`,
    );
    const line = `${JSON.stringify({ text: 'x', labels: LABELS })}\n`;
    socket.write(line.repeat(2_500));
    await eventually(async () => (await api.bed.store.stagedJobs.countDocuments({})) === 2_000);
    expect(await api.bed.store.batches.countDocuments({ state: 'receiving' })).toBe(1);
    socket.destroy();
    await eventually(expectNothing);
  });
});

it('takes no other media type, and nothing compressed', async () => {
  const refused = await api.admin('POST', PATH, { raw: 'x', headers: { 'Content-Type': 'text/csv' } });
  expect(refused).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  const packed = await api.admin('POST', PATH, { raw: 'x', headers: { 'Content-Encoding': 'gzip' } });
  expect(packed.status).toBe(415);
});
