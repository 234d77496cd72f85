import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHostileApi, toGot, type HostileApi } from '../testing/hostile-api.ts';
import { sendRaw } from '../testing/raw-http.ts';

let api: HostileApi;
beforeAll(async () => {
  api = await startHostileApi();
});
afterAll(() => api.close());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Megabytes that are in use once all that can be is thrown away. */
function measure(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}

const BOMB = gzipSync(Buffer.alloc(20_000_000, ' '));
const unknownKeys = `{${Array.from({ length: 5_000 }, (_, index) => `"k${index}":1`).join()}}`;

/** One of each kind that would cost the most if it were kept; all different, so that no cache holds them. */
async function attack(round: number): Promise<string[]> {
  const post = (headers: string, body: string | Buffer) => {
    const head = `POST /api/classifications HTTP/1.1\r\n${api.adminHead}Content-Type: application/json\r\n`;
    return sendRaw(api.url, [`${head}${headers}\r\n`, body]);
  };
  const sized = (body: string | Buffer, headers = '') =>
    post(`${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`, body);
  const get = (path: string, headers = '') =>
    sendRaw(api.url, `GET ${path} HTTP/1.1\r\n${api.adminHead}${headers}\r\n`);
  const replies = await Promise.all([
    sized(`${'['.repeat(20_000)}${round}${']'.repeat(20_000)}`),
    sized(unknownKeys),
    sized(`{"text":"${String(round).padEnd(2_500_000, 'x')}"}`),
    sized(BOMB, 'Content-Encoding: gzip\r\n'),
    post('Transfer-Encoding: chunked\r\n', `4E20\r\n${String(round).padEnd(20_000, 'x')}\r\nZZ\r\n`),
    get(`/api/classifications/job_${round}${'x'.repeat(5_000)}`),
    get(`/api/classifications?metadata.k${round}=${'x'.repeat(5_000)}`),
    get('/api/providers', `X-Request-Id: ${round}-${'y'.repeat(100)}\r\nX-A: ${'x'.repeat(20_000)}\r\n`),
    get('/api/providers', `Authorization: Bearer ust_${round}${'x'.repeat(5_000)}\r\n`.repeat(2)),
  ]);
  return replies.map(toGot);
}

it('keeps nothing of what hundreds of hostile requests brought', async () => {
  const got = await attack(0);
  expect(got.slice(0, 4)).toEqual([
    '422 validation_failed',
    '422 validation_failed',
    '413 body_too_large',
    '413 body_too_large',
  ]);
  for (let round = 1; round < 8; round += 1) await attack(round);
  const before = measure();
  for (let round = 8; round < 30; round += 1) await attack(round);
  // What they brought comes to 60 MB, and to 500 MB unpacked.
  expect(measure() - before).toBeLessThan(10);
  await api.assertUnharmed();
});
