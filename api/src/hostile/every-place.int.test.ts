import { afterAll, beforeAll, expect, it } from 'vitest';
import { MARK, startHostileApi, type HostileApi } from '../testing/hostile-api.ts';
import { GOOD_REQUESTS, listPlaces, putAt } from '../testing/good-requests.ts';

let api: HostileApi;
beforeAll(async () => {
  api = await startHostileApi();
  await api.admin('POST', '/api/classifiers', { body: { name: 'kept', labels: ['a', 'b'] } });
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  const priced = {
    name: 'priced',
    type: 'openai',
    apiKey: 'sk-0123456789',
    configuration: { model: 'm', price },
  };
  await api.admin('POST', '/api/providers', { body: priced });
});
afterAll(async () => {
  await api.assertUnharmed();
  await api.close();
});

/** What is put in each place of each body, as it is written in JSON. None of it may be taken, anywhere. */
const VALUES: Record<string, string> = {
  'an operator': `{"$gt":"${MARK}"}`,
  'no operator': `{"$ne":null}`,
  'a program': `{"$where":"sleep(10000) || '${MARK}'"}`,
  'an expression': `{"$regex":"^(a+)+${MARK}$"}`,
  'a prototype': `{"__proto__":{"isAdmin":"${MARK}"}}`,
  'a constructor': `{"constructor":{"prototype":{"isAdmin":"${MARK}"}}}`,
  'a list of lists': `[["${MARK}"]]`,
  'a NUL byte': `"${MARK}\\u0000"`,
  'half a character': `"${MARK}\\ud800"`,
  'a huge string': `"${MARK}${'x'.repeat(300_000)}"`,
  infinity: '1e999',
  'minus infinity': '-1e999',
  'more than a number holds': '9007199254740993',
  'four hundred digits': '9'.repeat(400),
  'a sliver': '1e-400'.padEnd(400, '0'),
  'true for a word': 'true',
};

/** Whoever asks for a session with it learns only that it is not a token. */
const TAKEN_FOR_A_TOKEN = new Set(['a NUL byte', 'half a character']);
/** Its place takes it for what it is. */
const FITS: Record<string, readonly string[]> = {
  '/multiLabel': ['true for a word'],
  '/explain': ['true for a word'],
  '/allowDegraded': ['true for a word'],
  '/enabled': ['true for a word'],
  '/dryRun': ['true for a word'],
  '/deep': ['true for a word'],
  '/failoverEnabled': ['true for a word'],
  '/filter/degraded': ['true for a word'],
  '/threshold': ['a sliver'],
  '/priority': ['a sliver'],
  '/breaker/failureRatio': ['a sliver'],
  '/configuration/weight': ['a sliver'],
  '/configuration/monthlyBudgetUsd': ['a sliver'],
  '/configuration/price/inputUsdPerMillion': ['a sliver'],
  '/configuration/price/outputUsdPerMillion': ['a sliver'],
  '/retention/textDays': ['a sliver'],
};

it.each(GOOD_REQUESTS.map((request) => [`${request.method} ${request.path}`, request] as const))(
  'takes nothing hostile in any place of %s',
  async (_, { method, path, body }) => {
    const taken: string[] = [];
    for (const place of listPlaces(body)) {
      for (const [what, json] of Object.entries(VALUES)) {
        if (FITS[place]?.includes(what)) continue;
        const reply = await api.admin(method, path, { raw: putAt(body, place, json) });
        const isNoToken = path === '/api/session' && TAKEN_FOR_A_TOKEN.has(what);
        const expected = isNoToken ? 'unauthenticated' : 'validation_failed';
        if (reply.body?.code !== expected) taken.push(`${place}: ${what} got ${reply.status}`);
      }
    }
    expect(taken).toEqual([]);
  },
);

it.each(GOOD_REQUESTS.map((request) => [`${request.method} ${request.path}`, request] as const))(
  'takes null only where it means something in %s',
  async (_, { method, path, body, nullable = [], asksWorker = false }) => {
    const taken: string[] = [];
    for (const place of listPlaces(body)) {
      if (asksWorker && nullable.includes(place)) continue;
      const reply = await api.admin(method, path, { raw: putAt(body, place, 'null') });
      if (reply.status !== 422) taken.push(place);
    }
    expect(taken).toEqual(asksWorker ? [] : nullable);
  },
);

it.each([
  ['/api/providers/local', '{"__proto__":{"enabled":false}}'],
  ['/api/providers/local', '{"configuration":{"__proto__":{"timeoutMs":1}}}'],
  ['/api/providers/local', '{"constructor":{"prototype":{"enabled":false}}}'],
  ['/api/providers/local', '{"configuration":{"$set":{"timeoutMs":1}}}'],
  ['/api/providers/local', '{"$set":{"enabled":false}}'],
  ['/api/providers/local', '{"configuration":null}'.replace('null', '{"timeoutMs":{"$inc":1}}')],
  ['/api/classifiers/kept', '{"labels":{"0":"c"}}'],
  ['/api/classifiers/kept', '{"__proto__":null}'],
  ['/api/classifiers/kept', '{"prototype":{"x":1}}'],
  ['/api/classifiers/kept', '[]'],
  ['/api/classifiers/kept', 'null'],
])('changes nothing of %s by the patch %s', async (path, raw) => {
  const before = await api.admin('GET', path);
  const reply = await api.admin('PATCH', path, { raw });
  expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  expect((await api.admin('GET', path)).body).toEqual(before.body);
  expect(({} as Record<string, unknown>)['enabled']).toBeUndefined();
});
