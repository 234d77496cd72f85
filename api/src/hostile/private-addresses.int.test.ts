import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { PRIVATE_ADDRESSES } from '@understudy/shared/testing/private-addresses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({
    config: { UNDERSTUDY_PRIVATE_HOSTS: ['10.77.0.0/16', 'ollama.internal:11434'] },
  });
  for (const [path, body] of [
    ['/api/providers', toProvider('public', PUBLIC)],
    ['/api/webhooks', toWebhook(PUBLIC)],
  ] as const) {
    const { body: made } = await api.admin('POST', path, { body });
    saved[path] = `${path}/${made.id}`;
  }
});
afterAll(() => api.close());

const PUBLIC = 'https://93.184.216.34/v1';
const saved: Record<string, string> = {};
const toProvider = (name: string, baseUrl: string) => ({
  name,
  type: 'openai-compatible',
  baseUrl,
  configuration: { model: 'm' },
});
const toWebhook = (url: string) => ({ url, events: ['classification.succeeded'] });
const job = (webhookUrl: string) => ({ text: 'x', labels: ['a', 'b'], webhookUrl });

interface Place {
  method: string;
  path: () => string;
  body: (address: string) => object;
  /** Where the answer says that it is. */
  pointer: string;
}

/** Every place in which somebody gives an address that we are to call. */
const PLACES: Record<string, Place> = {
  'a new provider': {
    method: 'POST',
    path: () => '/api/providers',
    body: (address) => toProvider('private', address),
    pointer: '/baseUrl',
  },
  'a provider that is replaced': {
    method: 'PUT',
    path: () => saved['/api/providers']!,
    body: (address) => toProvider('public', address),
    pointer: '/baseUrl',
  },
  'a provider that is changed': {
    method: 'PATCH',
    path: () => saved['/api/providers']!,
    body: (baseUrl) => ({ baseUrl }),
    pointer: '/baseUrl',
  },
  'a new webhook': { method: 'POST', path: () => '/api/webhooks', body: toWebhook, pointer: '/url' },
  'a webhook that is replaced': {
    method: 'PUT',
    path: () => saved['/api/webhooks']!,
    body: toWebhook,
    pointer: '/url',
  },
  'a webhook that is changed': {
    method: 'PATCH',
    path: () => saved['/api/webhooks']!,
    body: (url) => ({ url }),
    pointer: '/url',
  },
  'a job': { method: 'POST', path: () => '/api/classifications', body: job, pointer: '/webhookUrl' },
  'an item of a batch': {
    method: 'POST',
    path: () => '/api/classifications/batch',
    body: (address) => ({ items: [job(address)] }),
    pointer: '/items/0/webhookUrl',
  },
  'the defaults of a batch': {
    method: 'POST',
    path: () => '/api/classifications/batch',
    body: (webhookUrl) => ({ defaults: { webhookUrl }, items: [{ text: 'x', labels: ['a', 'b'] }] }),
    pointer: '/defaults/webhookUrl or /items/0/webhookUrl',
  },
};

describe.each(Object.entries(PLACES))('%s', (_, { method, path, body, pointer }) => {
  it('may be at none of the addresses that lead inside', async () => {
    const taken: string[] = [];
    for (const [what, address] of PRIVATE_ADDRESSES) {
      const reply = await api.admin(method, path(), { body: body(address) });
      const where = reply.body?.errors?.[0]?.pointer as string | undefined;
      const isRefused = reply.status === 422 && where !== undefined && pointer.includes(where);
      if (!isRefused) taken.push(`${what}: ${address} got ${reply.status} ${where ?? ''}`);
    }
    expect(taken).toEqual([]);
  });

  it('may be at those that are named, and at no other port of theirs', async () => {
    const ask = async (address: string) => (await api.admin(method, path(), { body: body(address) })).status;
    for (const address of ['http://10.77.2.3:8000/v1', 'http://ollama.internal:11434/v1', PUBLIC]) {
      const status = await ask(address);
      expect({ address, status }).toEqual({ address, status: expect.toSatisfy((code) => code < 300) });
      if (path() === '/api/providers') await api.admin('DELETE', '/api/providers/private');
    }
    expect(await ask('http://10.77.0.1@10.78.0.1/')).toBe(422);
  });
});

it('holds none against the guard that no address may be as long as, or that is none', async () => {
  const { guard } = api.context;
  const given: string[] = [];
  const note = (address: string) => void given.push(address);
  api.context.guard = {
    ...guard,
    check: (address) => (note(address), guard.check(address)),
    checkResolved: (address) => (note(address), guard.checkResolved(address)),
  };
  try {
    for (const [what, { method, path, body }] of Object.entries(PLACES)) {
      for (const address of [`http://a${'.'.repeat(2_100)}b`, 'nowhere', '']) {
        const { status } = await api.admin(method, path(), { body: body(address) });
        expect({ what, status }).toEqual({ what, status: 422 });
      }
    }
  } finally {
    api.context.guard = guard;
  }
  expect(given).toEqual([]);
});

describe('a name that leads inside', () => {
  const leadsTo = (address: string) => {
    const { guard } = api.context;
    api.context.guard = createAddressGuard({
      privateHosts: [],
      lookup: (_name, _options, callback) =>
        callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]),
    });
    return () => void (api.context.guard = guard);
  };

  it.each(['127.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1', 'fd00:ec2::254', '100.64.0.1'])(
    'to %s is refused where it is saved',
    async (address) => {
      const restore = leadsTo(address);
      const refused: string[] = [];
      for (const [what, { method, path, body, pointer }] of Object.entries(PLACES)) {
        const reply = await api.admin(method, path(), { body: body('https://rebinding.example.com/v1') });
        if (reply.body?.errors?.[0]?.pointer === pointer) refused.push(what);
      }
      restore();
      // A job is not to wait for a name server: its address is held against the guard when it is called.
      expect(refused).toEqual(Object.keys(PLACES).filter((what) => !/job|batch/.test(what)));
    },
  );
});
