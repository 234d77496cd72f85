import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { routes } from './routes.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/providers';
const KEY = 'sk-very-secret-key-1234';
const model = 'm';
const openai = { name: 'a', type: 'openai', apiKey: KEY, configuration: { model } };
const anthropic = { ...openai, type: 'anthropic' };
const compatible = { ...openai, type: 'openai-compatible', baseUrl: 'https://llm.example.com/v1' };
const local = { name: 'a', type: 'local' };

const without = (body: object, field: string) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== field));
const configured = (configuration: object, body: object = openai) => ({
  ...body,
  configuration: { model, ...configuration },
});

/** What is wrong, what was sent, where the reply says it is. */
type Bad = [string, unknown, string];

const badShapes: Bad[] = [
  ['null', null, ''],
  ['a list', [], ''],
  ['a string', 'openai', ''],
  ['no type', without(openai, 'type'), '/type'],
  ['a type of another case', { ...openai, type: 'OpenAI' }, '/type'],
  ['a type that is none', { ...openai, type: null }, '/type'],
  ['an unknown field', { ...openai, colour: 'red' }, '/colour'],
  ['what only reads give', { ...openai, status: { health: 'healthy' } }, '/status'],
  ['what only reads give', { ...openai, apiKeyLast4: '1234' }, '/apiKeyLast4'],
  ['enabled as text', { ...openai, enabled: 'true' }, '/enabled'],
  ['enabled as null', { ...openai, enabled: null }, '/enabled'],
  ['a priority below 0', { ...openai, priority: -1 }, '/priority'],
  ['a priority above 1000', { ...openai, priority: 1_001 }, '/priority'],
  ['half a priority', { ...openai, priority: 1.5 }, '/priority'],
  ['a priority as text', { ...openai, priority: '5' }, '/priority'],
  ['a rate limit of 0', { ...openai, rateLimit: 0 }, '/rateLimit'],
  ['half a rate limit', { ...openai, rateLimit: 0.5 }, '/rateLimit'],
];

const badNames: Bad[] = [
  ['no name', without(openai, 'name'), '/name'],
  ...([null, 1, '', ' ', 'a b', 'a/b', 'ä', 'a\0', 'x'.repeat(65), '.', '..', 'HEALTH'] as const).map(
    (name): Bad => [`the name ${JSON.stringify(name)}`, { ...openai, name }, '/name'],
  ),
];

const badKeys: Bad[] = [
  ['openai without a key', without(openai, 'apiKey'), '/apiKey'],
  ['openai with null for a key', { ...openai, apiKey: null }, '/apiKey'],
  ['anthropic without a key', without(anthropic, 'apiKey'), '/apiKey'],
  ['a key for local', { ...local, apiKey: KEY }, '/apiKey'],
  ...['', 'sk-1234', 'sk-12 345678', 'sk-1234567\n', 'sk-schlüssel', 'x'.repeat(1_001), 12_345_678].map(
    (apiKey): Bad => [`the key ${JSON.stringify(apiKey).slice(0, 20)}`, { ...compatible, apiKey }, '/apiKey'],
  ),
];

const badAddresses: Bad[] = [
  ['openai-compatible without an address', without(compatible, 'baseUrl'), '/baseUrl'],
  ['openai-compatible with null for an address', { ...compatible, baseUrl: null }, '/baseUrl'],
  ['an address for local', { ...local, baseUrl: 'https://llm.example.com' }, '/baseUrl'],
  ...[
    '',
    'llm.example.com',
    '//llm.example.com',
    'ftp://llm.example.com',
    'file:///etc/passwd',
    'https://',
    'https://user@llm.example.com/v1',
    'https://user:secret@llm.example.com/v1',
    'https://llm.example.com/v1?key=1',
    'https://llm.example.com/v1#top',
    'https://llm.example.com/v1/v1',
    'https://llm.example.com/v1//v1/',
    'https://llm.example.com/v1/./v1',
    'https://llm.example.com/a/v1/b/../v1',
    `https://llm.example.com/${'x'.repeat(500)}`,
    'http://169.254.169.254/v1',
  ].flatMap((baseUrl): Bad[] =>
    [openai, anthropic, compatible].map((body): Bad => [
      `${body.type} at ${baseUrl.slice(0, 40)}`,
      { ...body, baseUrl },
      '/baseUrl',
    ]),
  ),
];

const badConfigurations: Bad[] = [
  ['no configuration', without(openai, 'configuration'), '/configuration'],
  ['null for a configuration', { ...openai, configuration: null }, '/configuration'],
  ['a list for a configuration', { ...openai, configuration: [] }, '/configuration'],
  ['no model', { ...anthropic, configuration: {} }, '/configuration/model'],
  ['a model for local', { ...local, configuration: { model } }, '/configuration/model'],
  [
    'a budget for local',
    { ...local, configuration: { monthlyBudgetUsd: 1 } },
    '/configuration/monthlyBudgetUsd',
  ],
  [
    'a budget that nothing is priced for',
    configured({ monthlyBudgetUsd: 1 }, compatible),
    '/configuration/price',
  ],
  ['a price without numbers', configured({ price: {} }), '/configuration/price/inputUsdPerMillion'],
  [
    'half a price',
    configured({ price: { inputUsdPerMillion: 1 } }),
    '/configuration/price/outputUsdPerMillion',
  ],
  [
    'a price below 0',
    configured({ price: { inputUsdPerMillion: -1, outputUsdPerMillion: 1 } }),
    '/configuration/price/inputUsdPerMillion',
  ],
  [
    'an unknown price',
    configured({ price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1, cachedUsdPerMillion: 1 } }),
    '/configuration/price/cachedUsdPerMillion',
  ],
  ...(
    [
      ['model', '', null, 1, 'nul\0', 'x'.repeat(201)],
      ['timeoutMs', 249, 300_001, 1_000.5, '1000', null],
      ['maxConcurrency', 0, 10_001, 1.5],
      ['tokensPerMinute', 0, 1_000_000_001],
      ['weight', -0.1, 1_001, '1'],
      ['monthlyBudgetUsd', -1, 1_000_000_001, '5'],
      ['maxOutputTokens', 15, 100_001],
      ['contextWindow', 255, 100_000_001],
      ['temperature', 0.5],
    ] as const
  ).flatMap(([field, ...values]) =>
    values.map((value): Bad => [
      `${field} ${JSON.stringify(value).slice(0, 20)}`,
      configured({ [field]: value }),
      `/configuration/${field}`,
    ]),
  ),
];

const stored = () => api.bed.store.providers.countDocuments();

describe('what is not a provider', () => {
  it.each([...badShapes, ...badNames, ...badKeys, ...badAddresses, ...badConfigurations])(
    'is refused for %s',
    async (_, body, pointer) => {
      const before = await stored();
      const reply = await api.admin('POST', PATH, { body });
      expect(reply.body).toMatchObject({ status: 422, code: 'validation_failed' });
      expect(reply.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
      expect(reply.text).not.toContain('secret');
      expect(await stored()).toBe(before);
    },
  );

  it('has all its faults named at once', async () => {
    const body = { ...openai, name: 'a b', priority: -1, configuration: { model: '', weight: -1, x: 1 } };
    const { body: problem } = await api.admin('POST', PATH, { body });
    expect(problem.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/configuration/model',
      '/configuration/weight',
      '/configuration/x',
      '/name',
      '/priority',
    ]);
    expect(problem.detail).toContain('4 more');
  });

  it('is named like none of the API’s own paths', async () => {
    const segments = routes.flatMap(({ path }) => /^\/api\/providers\/([^:/][^/]*)/.exec(path)?.[1] ?? []);
    expect(segments).toContain('health');
    for (const name of new Set(segments)) {
      const { body } = await api.admin('POST', PATH, { body: { ...openai, name } });
      expect([name, body.errors?.[0].pointer]).toEqual([name, '/name']);
    }
  });
});

describe('what is one', () => {
  const full = {
    model,
    timeoutMs: 300_000,
    maxConcurrency: 10_000,
    tokensPerMinute: 1,
    weight: 0.5,
    monthlyBudgetUsd: 0,
    price: { inputUsdPerMillion: 0, outputUsdPerMillion: 100_000 },
    maxOutputTokens: 16,
    contextWindow: 256,
  };
  it.each([
    ['the least of openai', openai],
    ['the least of anthropic', anthropic],
    ['the least of openai-compatible', without(compatible, 'apiKey')],
    ['the least of local', local],
    ['all of openai', { ...openai, configuration: full, enabled: false, priority: 0, rateLimit: 10_000_000 }],
    ['all of anthropic', { ...anthropic, configuration: full, baseUrl: 'https://gateway.example.com/v1' }],
    ['all of openai-compatible', { ...compatible, configuration: full, apiKey: 'x'.repeat(1_000) }],
    ['all of local', { ...local, priority: 1_000, configuration: { timeoutMs: 250, maxConcurrency: 1 } }],
  ])('is taken and given back: %s', async (what, body) => {
    const name = what.replaceAll(' ', '_').padEnd(64, '-');
    const { status, body: made } = await api.admin('POST', PATH, { body: { ...body, name } });
    expect(status).toBe(201);
    expect(made).toMatchObject({ ...without(body, 'apiKey'), name });
    expect(made.hasApiKey).toBe('apiKey' in body);
    expect(made).not.toHaveProperty('apiKey');
    const { body: read } = await api.admin('GET', `${PATH}/${name.toUpperCase()}`);
    expect(read).toEqual(made);
  });

  it.each([
    ['x'.repeat(8), null],
    ['12345678901', null],
    ['123456789012', '9012'],
  ])('shows of the key %s %s', async (apiKey, apiKeyLast4) => {
    const body = { ...openai, name: `key-${apiKey.length}`, apiKey };
    expect((await api.admin('POST', PATH, { body })).body).toMatchObject({ hasApiKey: true, apiKeyLast4 });
  });

  it('is, on a fresh installation, `local` alone', async () => {
    const fresh = await startTestApi();
    try {
      const { body } = await fresh.admin('GET', PATH);
      expect(body.data).toMatchObject([
        { name: 'local', type: 'local', priority: 100, enabled: true, hasApiKey: false, baseUrl: null },
      ]);
      expect((await fresh.admin('GET', `${PATH}/config`)).body.allowDegraded).toBe(true);
    } finally {
      await fresh.close();
    }
  });
});
