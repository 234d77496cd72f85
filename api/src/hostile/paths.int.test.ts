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

const get = async (target: string) =>
  toGot(await sendRaw(api.url, `GET ${target} HTTP/1.1\r\n${api.adminHead}\r\n`));
/** A path of nothing of ours is a page of the console, which says so; no file but its own is ever read. */
const CONSOLE = '200 text/html';

it.each([
  ['steps up', '/api/../etc/passwd', '404 not_found'],
  ['steps up, encoded', '/api/%2e%2e/admin/queues', '404 not_found'],
  ['steps up, encoded twice', '/api/providers/%252e%252e', '404 provider_not_found'],
  ['a parent as a name', '/api/providers/..', '404 provider_not_found'],
  ['an encoded slash', '/api/providers%2f..%2ftokens', '404 not_found'],
  ['two slashes', '/api//providers', '404 not_found'],
  ['two slashes first', '//api/providers', CONSOLE],
  ['a backslash', '/api\\providers', CONSOLE],
  ['a NUL', '/api/%00', '404 not_found'],
  ['a NUL in a name', `/api/providers/${MARK}%00`, '404 not_found'],
  ['no UTF-8', '/api/providers/%ff', '404 not_found'],
  ['half an escape', '/api/providers/%u0041', '404 not_found'],
  ['raw letters beyond ASCII', '/api/providers/ñ', '400 malformed_request'],
  ['a full-width parent', `/api/providers/${encodeURIComponent('．．／')}`, '404 provider_not_found'],
  ['ten thousand letters', `/api/classifications/${MARK}${'x'.repeat(10_000)}`, '404 not_found'],
  ['twenty thousand letters', `/api/classifications/${'x'.repeat(20_000)}`, '431 headers_too_large'],
  ['an operator for an id', `/api/classifications/${encodeURIComponent('{"$gt":""}')}`, '404 job_not_found'],
  ['an operator in brackets', '/api/classifications/[$ne]', '404 job_not_found'],
  ['a prototype for an id', '/api/classifications/__proto__', '404 job_not_found'],
  ['a constructor for a name', '/api/providers/constructor', '404 provider_not_found'],
  ['a prototype for a classifier', '/api/classifiers/__proto__', '404 not_found'],
  ['a method for a batch', '/api/batches/toString', '404 not_found'],
  ['parameters', '/api/providers;jsessionid=1', '404 not_found'],
  ['other letters', '/API/providers', CONSOLE],
  ['a star', '*', CONSOLE],
  ['the environment', '/.env', CONSOLE],
  ['a repository', '/.git/config', CONSOLE],
  ['a file above the console', '/../../etc/passwd', CONSOLE],
  ['a file above it, encoded', '/%2e%2e/%2e%2e/etc/passwd', CONSOLE],
  ['a file above its assets', '/assets/..%2f..%2fpackage.json', '404 not_found'],
  ['the same with backslashes', '/assets/..%5c..%5cpackage.json', '404 not_found'],
  ['a file above the board', '/admin/queues/static/%2e%2e%2f%2e%2e%2fpackage.json', CONSOLE],
  ['another host’s address', 'http://evil.example/api/nothing', '404 not_found'],
])('path with %s: %s', async (_, target, got) => {
  const reply = await sendRaw(api.url, `GET ${target} HTTP/1.1\r\n${api.adminHead}\r\n`);
  expect(toGot(reply)).toBe(got);
  expect(got === CONSOLE ? reply.body : 'the console').toBe('the console');
});

const longest = (part: string) => part.repeat(Math.floor(14_000 / part.length));

it.each([
  ['an operator', 'state[$ne]=x', '422 validation_failed'],
  ['a list', 'state[]=queued', '422 validation_failed'],
  ['an operator for a client', 'client[$gt]=', '422 validation_failed'],
  ['one key twice', 'state=failed&state=queued', '422 validation_failed'],
  ['one key thousands of times', longest('limit=1&'), '422 validation_failed'],
  [
    'thousands of keys',
    Array.from({ length: 2_000 }, (_, i) => `a${i}=1`).join('&'),
    '422 validation_failed',
  ],
  ['ten thousand keys', Array.from({ length: 10_000 }, (_, i) => `a${i}`).join('&'), '431 headers_too_large'],
  ['a prototype', `__proto__=${MARK}`, '422 validation_failed'],
  ['a nested prototype', 'x%5B__proto__%5D=1', '422 validation_failed'],
  ['a constructor', 'constructor=1', '422 validation_failed'],
  ['an operator in metadata', 'metadata.$where=1', '422 validation_failed'],
  ['a path in metadata', 'metadata.a.b=1', '422 validation_failed'],
  ['a prototype in metadata', 'metadata.__proto__=1', '200 application/json'],
  ['infinity', 'limit=1e999', '422 validation_failed'],
  ['a negative', 'limit=-1', '422 validation_failed'],
  ['hexadecimal', 'limit=0x10', '422 validation_failed'],
  ['other digits', `limit=${encodeURIComponent('９')}`, '422 validation_failed'],
  ['nothing', 'limit=', '422 validation_failed'],
  ['an operator for a time', `from=${encodeURIComponent('{"$gt":""}')}`, '422 validation_failed'],
  ['a day that is none', 'from=0000-00-00', '422 validation_failed'],
  ['a year too far', 'to=275760-09-14', '422 validation_failed'],
  ['a NUL', `label=${MARK}%00`, '422 validation_failed'],
  ['a NUL in metadata', 'metadata.x=%00', '422 validation_failed'],
  ['no UTF-8', 'label=%ff', '422 validation_failed'],
  ['half a character', 'label=%ed%a0%80', '422 validation_failed'],
  ['half an escape', 'label=%zz', '422 validation_failed'],
  ['hundreds of values', `state=${'queued,'.repeat(200)}`, '422 validation_failed'],
  ['thousands of empty values', `label=${','.repeat(5_000)}`, '422 validation_failed'],
  ['five thousand letters', `provider=${MARK}${'a'.repeat(5_000)}`, '422 validation_failed'],
  ['a field that is nobody’s', 'include=text,password', '422 validation_failed'],
  ['an empty cursor', 'cursor=', '400 invalid_cursor'],
  ['a cursor with a NUL', 'cursor=%00', '400 invalid_cursor'],
  ['a cursor that is far too long', `cursor=${'a'.repeat(4_000)}`, '400 invalid_cursor'],
  ['a cursor of another list', `cursor=${toCursor('prv_01')}`, '400 invalid_cursor'],
  ['a forged cursor', `cursor=${toCursor('job_$ne')}`, '400 invalid_cursor'],
  ['an object for a cursor', `cursor=${toCursor('{"$gt":""}')}`, '400 invalid_cursor'],
])('query with %s: %.60s', async (_, query, got) => {
  expect(await get(`/api/classifications?${query}`)).toBe(got);
});

function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}
