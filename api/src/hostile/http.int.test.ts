import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARK, startHostileApi, toGot, type HostileApi } from '../testing/hostile-api.ts';
import { sendRaw, sendRawFor } from '../testing/raw-http.ts';

let api: HostileApi;
beforeAll(async () => {
  api = await startHostileApi();
});
afterAll(async () => {
  await api.assertUnharmed();
  await api.close();
});

const JOB = '{"text":"x","labels":["a","b"]}';
const send = async (bytes: string | string[]) => toGot(await sendRaw(api.url, bytes));
const lines = (count: number, toLine: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `${toLine(index)}\r\n`).join('');

describe('how a body is framed', () => {
  const head = () =>
    `POST /api/classifications HTTP/1.1\r\n${api.adminHead}Content-Type: application/json\r\n`;
  const NEXT = 'GET /api/tokens HTTP/1.1\r\nHost: x\r\n\r\n';

  it.each([
    ['two lengths', `Content-Length: 5\r\nContent-Length: 6\r\n\r\n${JOB}`, '400 malformed_request'],
    [
      'a length and chunks',
      `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`,
      '400 malformed_request',
    ],
    [
      'two encodings',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
      '400 malformed_request',
    ],
    ['an encoding nobody knows', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', '400 malformed_request'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n', '400 malformed_request'],
    ['a folded line', 'X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n', '400 malformed_request'],
    ['a negative length', 'Content-Length: -1\r\n\r\n', '400 malformed_request'],
    ['a signed length', 'Content-Length: +5\r\n\r\n{}   ', '400 malformed_request'],
    ['a hexadecimal length', 'Content-Length: 0x10\r\n\r\n{}', '400 malformed_request'],
    ['a length beyond numbers', 'Content-Length: 99999999999999999999\r\n\r\n{}', '400 malformed_request'],
    ['a length beyond what is taken', 'Content-Length: 9007199254740993\r\n\r\n{}', '413 body_too_large'],
    [
      'a chunk of no size',
      'Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n',
      '400 malformed_request',
    ],
    [
      'a chunk beyond numbers',
      'Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n',
      '400 malformed_request',
    ],
    [
      'a chunk that lies',
      'Transfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n',
      '400 malformed_request',
    ],
    [
      'a huge extension',
      `Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\na\r\n`,
      '413 body_too_large',
    ],
    [
      'an expectation',
      `Expect: 100-continue\r\nContent-Length: ${JOB.length}\r\n\r\n${JOB}`,
      '202 application/json',
    ],
    ['another expectation', `Expect: 200-maybe\r\nContent-Length: ${JOB.length}\r\n\r\n${JOB}`, '417'],
  ])('%s', async (_, rest, got) => {
    expect(await send(head() + rest)).toBe(got);
  });

  it('never takes what is behind a body for a request that its sender did not make', async () => {
    const smuggled = `Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`;
    expect(await sendRawFor(api.url, head() + smuggled, 2)).toHaveLength(1);
  });

  it('hangs up at once on a stream of chunks that goes beyond the limit, and waits for no end', async () => {
    const chunk = `186A0\r\n${MARK.padEnd(100_000, 'x')}\r\n`;
    const endless = [
      `${head()}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 30 }, () => chunk),
    ];
    expect(await send(endless)).toBe('413 body_too_large');
  });

  it('answers each of several requests at once in its turn', async () => {
    const many = ['/healthz', '/api/nothing', '/readyz'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const got = (await sendRawFor(api.url, many, 3)).map(toGot);
    expect(got).toEqual(['200 application/json', '404 not_found', '200 application/json']);
  });
});

describe('the first line', () => {
  it.each([
    ['TRACE', 'TRACE /api/providers HTTP/1.1', '405 method_not_allowed'],
    ['CONNECT', 'CONNECT evil.example:80 HTTP/1.1', '405 method_not_allowed'],
    ['a method of WebDAV', 'PROPFIND /api/providers HTTP/1.1', '405 method_not_allowed'],
    ['a method of a cache', 'PURGE /api/providers HTTP/1.1', '405 method_not_allowed'],
    ['a made-up method', 'FROB /api/providers HTTP/1.1', '400 malformed_request'],
    ['a method in small letters', 'get /api/providers HTTP/1.1', '400 malformed_request'],
    ['TRACE of a page', 'TRACE / HTTP/1.1', '404 not_found'],
    ['HTTP/1.0', 'GET /api/providers HTTP/1.0', '200 application/json'],
    ['HTTP/2', 'PRI * HTTP/2.0', '400 malformed_request'],
    ['HTTP/9.9', 'GET /api/providers HTTP/9.9', '400 malformed_request'],
    ['no HTTP', `${MARK} \u0001\u0002`, '400 malformed_request'],
    ['a handshake of TLS', '\u0016\u0003\u0001\u0000\u00a5\u0001', '400 malformed_request'],
  ])('%s', async (_, line, got) => {
    expect(await send(`${line}\r\n${api.adminHead}\r\n`)).toBe(got);
  });

  it('takes lines that end with a line feed alone for none', async () => {
    expect(await send('GET /healthz HTTP/1.1\nHost: x\n\n')).toBe('400 malformed_request');
  });
});

describe('headers', () => {
  it.each([
    ['a hundred kilobytes', `X-A: ${MARK.padEnd(100_000, 'x')}\r\n`, '431 headers_too_large'],
    ['five thousand', lines(5_000, (i) => `a${i}: 1`), '431 headers_too_large'],
    ['two hosts', 'Host: y\r\n', '400 malformed_request'],
    ['a NUL', 'X-Request-Id: abcd\u0000efgh\r\n', '400 malformed_request'],
    ['a carriage return', 'X-Request-Id: abcd\refgh1234\r\n', '400 malformed_request'],
    ['a line feed', 'X-Request-Id: abcdefgh\nX-Evil: 1\r\n', '400 malformed_request'],
    ['an upgrade', 'Upgrade: websocket\r\n', '200 application/json'],
    ['a flood of media types', `Accept: ${'*/*;q=0.1,'.repeat(1_000)}\r\n`, '200 application/json'],
    ['no media type', 'Accept: ;;;==,,,"\r\n', '200 application/json'],
    ['a flood of cookies', `Cookie: ${'a=b;'.repeat(3_000)}\r\n`, '200 application/json'],
    ['a flood of tags', `If-Match: ${'"'.repeat(9_000)}\r\n`, '200 application/json'],
    ['a flood of addresses', `X-Forwarded-For: ${'1.1.1.1,'.repeat(1_500)}\r\n`, '200 application/json'],
    ['another host by proxy', 'X-Forwarded-Host: evil.example\r\n', '200 application/json'],
    ['an expression’s worst case', `Prefer: wait${' '.repeat(12_000)}x\r\n`, '200 application/json'],
    ['its worst case, in parts', `Prefer: ${'wait=,'.repeat(2_000)}\r\n`, '200 application/json'],
  ])('%s', async (_, header, got) => {
    expect(await send(`GET /api/providers HTTP/1.1\r\n${api.adminHead}${header}\r\n`)).toBe(got);
  });

  it.each(['a b', 'a/b', 'a@b', 'a?b', 'a"b', '{"$gt":""}'])('the host %s', async (host) => {
    const got = await send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(got).toBe('400 malformed_request');
  });

  it('no host at all, which only HTTP/1.0 may leave out', async () => {
    expect(await send('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toBe('400 malformed_request');
    expect(await send('GET /healthz HTTP/1.0\r\n\r\n')).toBe('200 application/json');
  });

  it.each(['', ' ', 'a\tb', 'é', 'x'.repeat(256)])('the idempotency key %j', async (key) => {
    const length = `Content-Type: application/json\r\nContent-Length: ${JOB.length}\r\n`;
    const head = `POST /api/classifications HTTP/1.1\r\n${api.adminHead}${length}`;
    expect(await send(`${head}Idempotency-Key: ${key}\r\n\r\n${JOB}`)).toBe('422 validation_failed');
  });

  it.each(['abcdefgh%0d%0aSet-Cookie:x', 'éééééééé', `${MARK}<script>`, 'a'.repeat(200)])(
    'answers the request id %j with one of its own',
    async (id) => {
      const request = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: ${id}\r\n\r\n`;
      const { status, headers } = await sendRaw(api.url, request);
      expect(status).toBe(200);
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('Set-Cookie')).toBeNull();
    },
  );
});
