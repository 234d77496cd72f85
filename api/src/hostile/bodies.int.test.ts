import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MARK, startHostileApi, toGot, type HostileApi } from '../testing/hostile-api.ts';
import { sendRaw } from '../testing/raw-http.ts';

let api: HostileApi;
beforeAll(async () => {
  api = await startHostileApi();
});
afterAll(async () => {
  await api.assertUnharmed();
  await api.close();
});

interface Extra {
  type?: string;
  headers?: string;
}
async function post(path: string, body: string | Buffer, { type = 'application/json', headers = '' }: Extra) {
  const length = `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return sendRaw(api.url, [
    `POST ${path} HTTP/1.1\r\n${api.adminHead}${length}${headers}\r\n`,
    body as string,
  ]);
}
const JOB = '{"text":"x","labels":["a","b"]}';
const around = (start: string, bytes: number[], end: string) =>
  Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from(end)]);
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const many = (count: number, toText: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => toText(index)).join();

it.each<[string, string | Buffer, string]>([
  ['nothing', '', '422 validation_failed'],
  ['half an object', '{', '400 malformed_json'],
  ['a word', MARK, '400 malformed_json'],
  ['two documents', '{}{}', '400 malformed_json'],
  ['a comment', '/* x */{}', '400 malformed_json'],
  ['a comma too many', '{"text":"x",}', '400 malformed_json'],
  ['single quotes', "{'text':'x'}", '400 malformed_json'],
  ['no number', '{"priority":NaN}', '400 malformed_json'],
  ['a hexadecimal number', '{"priority":0x5}', '400 malformed_json'],
  ['NUL bytes', '\0\0\0', '400 malformed_json'],
  ['UTF-16', Buffer.from(JOB, 'utf16le'), '400 malformed_json'],
  ['no UTF-8', around('{"text":"', [0xff, 0xfe], '","labels":["a","b"]}'), '400 malformed_json'],
  ['overlong UTF-8', around('{"text":"', [0xc0, 0x80], '","labels":["a","b"]}'), '400 malformed_json'],
  [
    'half a character',
    around('{"text":"', [0xed, 0xa0, 0x80], '","labels":["a","b"]}'),
    '400 malformed_json',
  ],
  ['a byte order mark', `\uFEFF${JOB}`, '202 application/json'],
  ['a list, 100,000 deep', deep(100_000), '422 validation_failed'],
  ['one without an end', '['.repeat(900_000), '400 malformed_json'],
  ['objects, 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, '422 validation_failed'],
  ['a text, 100,000 deep', `{"text":${deep(100_000)},"labels":["a","b"]}`, '422 validation_failed'],
  ['a key twice, the bad last', '{"text":"x","text":{"$gt":""},"labels":["a","b"]}', '422 validation_failed'],
  // As everywhere in JavaScript the last one counts, and nobody looks at the others.
  ['a key twice, the good last', '{"text":{"$gt":""},"text":"x","labels":["a","b"]}', '202 application/json'],
  ['60,000 unknown keys', `{${many(60_000, (i) => `"${MARK}${i}":1`)}}`, '422 validation_failed'],
  ['a key of a megabyte', `{"${MARK.repeat(80_000)}":1}`, '422 validation_failed'],
  ['400,000 labels', `{"text":"x","labels":[${many(400_000, () => '1')}]}`, '422 validation_failed'],
  [
    'one label 200,000 times',
    `{"text":"x","labels":[${many(200_000, () => '"a"')}]}`,
    '422 validation_failed',
  ],
  [
    '60,000 bad pairs',
    `{"text":"x","labels":["a","b"],"metadata":{${many(60_000, (i) => `"$ ${i}":1`)}}}`,
    '422 validation_failed',
  ],
  [
    'a key that is a type of the database',
    '{"text":"x","labels":["a","b"],"metadata":{"_bsontype":"Z"}}',
    '422 validation_failed',
  ],
  ['ten megabytes', `{"text":"${MARK.padEnd(10_000_000, 'x')}"}`, '413 body_too_large'],
])('a job of %s', async (_, body, got) => {
  const reply = await post('/api/classifications', body, {});
  expect(toGot(reply)).toBe(got);
  // What is wrong is named, and not sent back a thousand times.
  expect(reply.body.length).toBeLessThan(100_000);
});

it('an evaluation of 200,000 wrong labels', async () => {
  const sample = `{"text":"x","labels":[${many(200, () => '1')}]}`;
  const body = `{"samples":[${many(1_000, () => sample)}]}`;
  const reply = await post('/api/classifiers/support/evaluate', body, {});
  expect(toGot(reply)).toBe('422 validation_failed');
  expect(reply.body.length).toBeLessThan(100_000);
});

it.each([
  ['latin-1', 'application/json; charset=latin1', '415 unsupported_media_type'],
  ['UTF-7', 'application/json; charset=utf-7', '415 unsupported_media_type'],
  ['no charset at all', 'application/json; charset=nonsense', '415 unsupported_media_type'],
  ['UTF-16 that it is not', 'application/json; charset=utf-16', '415 unsupported_media_type'],
  ['UTF-32 that it is not', 'application/json; charset=utf-32', '415 unsupported_media_type'],
  ['a form', 'application/x-www-form-urlencoded', '415 unsupported_media_type'],
  ['XML', 'application/xml', '415 unsupported_media_type'],
  ['files', 'multipart/form-data; boundary=x', '415 unsupported_media_type'],
  ['nonsense', '"', '415 unsupported_media_type'],
])('a job said to be %s', async (_, type, got) => {
  expect(toGot(await post('/api/classifications', JOB, { type }))).toBe(got);
});

it('lines said to be in another charset', async () => {
  const reply = await post('/api/classifications/batch', JOB, {
    type: 'application/x-ndjson; charset=latin1',
  });
  expect(toGot(reply)).toBe('415 unsupported_media_type');
});

it.each<[string, string | Buffer, string, string]>([
  ['200 MB in 200 kB', gzipSync(Buffer.alloc(200_000_000, ' ')), 'gzip', '413 body_too_large'],
  [
    'the same, twice',
    gzipSync(gzipSync(Buffer.alloc(2_000_000, ' '))),
    'gzip, gzip',
    '415 unsupported_media_type',
  ],
  ['20 MB in a few bytes', brotliCompressSync(Buffer.alloc(20_000_000, ' ')), 'br', '413 body_too_large'],
  ['what is none', MARK, 'gzip', '400 malformed_json'],
  ['half of it', gzipSync(JOB).subarray(0, 20), 'gzip', '400 malformed_json'],
  ['a good one', deflateSync(JOB), 'deflate', '202 application/json'],
  ['one that nobody knows', JOB, 'compress', '415 unsupported_media_type'],
])('a job packed as %s', async (_, body, encoding, got) => {
  const headers = `Content-Encoding: ${encoding}\r\n`;
  expect(toGot(await post('/api/classifications', body, { headers }))).toBe(got);
});

const LINES = 'application/x-ndjson';
it.each<[string, string | Buffer, string, string]>([
  ['a line, 100,000 deep', `${deep(100_000)}\n`, LINES, '422 validation_failed'],
  ['defaults, 100,000 deep', `{"defaults":${deep(100_000)}}\n`, LINES, '422 validation_failed'],
  ['an item, 100,000 deep', `{"items":[${deep(100_000)}]}`, 'application/json', '422 validation_failed'],
  ['one without an end', `{"items":[${'['.repeat(100_000)}`, 'application/json', '400 malformed_json'],
  ['11,000 lines', 'x\n'.repeat(11_000), LINES, '422 validation_failed'],
  ['a million blank lines', '\n'.repeat(1_000_000), LINES, '422 validation_failed'],
  ['no UTF-8', around('{"text":"', [0xff], '","labels":["a","b"]}\n'), LINES, '422 validation_failed'],
  [
    'no UTF-8, as JSON',
    around('{"items":[{"text":"', [0xff], '"}]}'),
    'application/json',
    '400 malformed_json',
  ],
  ['a prototype', `{"__proto__":{"text":"${MARK}"},"labels":["a","b"]}\n`, LINES, '422 validation_failed'],
  [
    'a prototype for defaults',
    '{"defaults":{"__proto__":{"x":1}},"items":[]}',
    'application/json',
    '422 validation_failed',
  ],
  [
    'operators',
    '{"text":{"$gt":""},"labels":["a","b"],"customId":{"$ne":1}}\n',
    LINES,
    '422 validation_failed',
  ],
  [
    '60,000 unknown keys',
    `{${many(60_000, (i) => `"k${i}":1`)}}`,
    'application/json',
    '422 validation_failed',
  ],
  [
    '60,000 unknown keys, and half an object',
    `{${many(60_000, (i) => `"k${i}":1`)},`,
    'application/json',
    '422 validation_failed',
  ],
  [
    'one key 60,000 times',
    `{${many(60_000, () => '"atomic":false')},"items":[${JOB}]}`,
    'application/json',
    '422 validation_failed',
  ],
  ['a form', 'items=1', 'application/x-www-form-urlencoded', '415 unsupported_media_type'],
])('a batch of %s', async (_, body, type, got) => {
  const reply = await post('/api/classifications/batch', body, { type });
  expect(toGot(reply)).toBe(got);
  expect(reply.body.length).toBeLessThan(100_000);
});

it('refuses a batch at once that is said to be too large, or is packed', async () => {
  const head = `POST /api/classifications/batch HTTP/1.1\r\n${api.adminHead}Content-Type: ${LINES}\r\n`;
  expect(toGot(await sendRaw(api.url, `${head}Content-Length: 100000000\r\n\r\n`))).toBe(
    '413 body_too_large',
  );
  const packed = await post('/api/classifications/batch', gzipSync(JOB), {
    type: LINES,
    headers: 'Content-Encoding: gzip\r\n',
  });
  expect(toGot(packed)).toBe('415 unsupported_media_type');
});

it('reads no body of somebody whom it does not know', async () => {
  const head = 'POST /api/classifications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const reply = await sendRaw(api.url, `${head}Content-Length: 10000000\r\n\r\n`);
  expect(toGot(reply)).toBe('401 unauthenticated');
});
