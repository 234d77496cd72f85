import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createAddressGuard, type Lookup } from '@understudy/shared/net/address-guard';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import { createGuardedFetch } from '@understudy/shared/net/guarded-fetch';
import { systemClock } from '@understudy/shared/runtime/clock';
import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import type { FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { askTiny } from '../classify-tiny.ts';
import { createAdapter } from '../llm/registry.ts';
import { connectionOf } from '../llm/testing/connection.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { runTest } from './run-test.ts';

const KEY = 'sk-test-8f2c61d09a-secret';
const TYPES = [
  ['openai', startFakeOpenAi],
  ['openai-compatible', startFakeOpenAi],
  ['anthropic', startFakeAnthropic],
] as const;
type RemoteType = (typeof TYPES)[number][0];

interface Asked {
  baseUrl: string;
  model?: string;
  apiKey?: string | null;
  privateHosts?: string[];
  lookup?: Lookup;
  limitMs?: number;
  /** Of the sample alone. */
  sampleMs?: number;
}

/** Tests a provider as a worker does, through a way out that the guard holds. */
async function run(type: RemoteType, asked: Asked) {
  const { baseUrl, model = 'fake-large', apiKey = KEY, privateHosts = ['127.0.0.1'], lookup } = asked;
  const agent = createGuardedAgent(createAddressGuard({ privateHosts, ...(lookup && { lookup }) }));
  const connection = connectionOf(type, baseUrl, { apiKey, configuration: { model } });
  const adapter = createAdapter(connection, { fetch: createGuardedFetch(agent) });
  const { provider, reference } = buildPooled({ type, baseUrl });
  const pooled = { provider, reference: { ...reference, type, model }, adapter };
  try {
    return await runTest({
      pooled,
      hasKey: apiKey !== null,
      endsAt: Date.now() + (asked.limitMs ?? 10_000),
      askSample: (limitMs) =>
        askTiny({ clock: systemClock }, pooled, { limitMs: Math.min(limitMs, asked.sampleMs ?? limitMs) }),
      clock: systemClock,
    });
  } finally {
    await agent.destroy();
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe.each(TYPES)('%s', (type, start) => {
  let vendor: FakeVendor;
  beforeEach(async () => {
    vendor = await start({ apiKey: KEY, models: ['fake-large', 'fake-small', 'other'] });
  });
  afterEach(() => vendor.stop());
  const test = (asked: Partial<Asked> = {}) => run(type, { baseUrl: vendor.url, ...asked });
  const host = () => new URL(vendor.url).host;

  it('tells what answered, and what that cost', async () => {
    expect(await test()).toMatchObject({
      ok: true,
      models: ['fake-large', 'fake-small', 'other'],
      sample: { label: 'praise', confidence: 0.97 },
      fault: null,
      message: null,
      costUsd: expect.any(Number),
      pricing: 'priced',
    });
  });

  it('says that a key is wrong, without a paid call, and never shows the key', async () => {
    vendor.breakDown({
      kind: 'status',
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${KEY}.`, type: 'authentication_error' } },
    });
    const result = await test();
    expect(result).toMatchObject({ ok: false, fault: 'unauthenticated', costUsd: 0, pricing: 'free' });
    expect(result.message).toContain(`${host()} refused the API key. Check that it is complete`);
    expect(JSON.stringify(result)).not.toContain(KEY.slice(8, 18));
  });

  it.each([401, 403])('passes a key that may not list models (%i), but answers', async (status) => {
    vendor.listModelsWith({ kind: 'status', status, body: { error: { message: 'Not with this key.' } } });
    expect(await test()).toMatchObject({ ok: true, models: null, sample: { label: 'praise' } });
  });

  it('never shows a key that is echoed as the name of a model', async () => {
    vendor.listModelsWith({ kind: 'body', body: { data: [{ id: `echo ${KEY}` }] } });
    expect((await test()).models).toEqual(['echo [key]']);
  });

  it('knows a model that is listed behind those that are shown', async () => {
    const others = Array.from({ length: 3_000 }, (_, index) => ({ id: `other-${index}` }));
    vendor.listModelsWith({ kind: 'body', body: { data: [...others, { id: 'fake-large' }] } });
    vendor.respondAlways({ kind: 'status', status: 400, body: { error: { message: 'No.' } } });
    expect((await test({ model: 'fake-large' })).message).toContain('did not accept the request');
  });

  it('bounds a message, whatever names a vendor lists', async () => {
    const data = [{ id: `fake-lrage-${'x'.repeat(1_000_000)}` }, { id: 'fake-large' }];
    vendor.listModelsWith({ kind: 'body', body: { data } });
    vendor.respondAlways({ kind: 'status', status: 404, body: { error: { message: 'model: fake-lrage' } } });
    const { message } = await test({ model: 'fake-lrage' });
    expect(message).toContain('is not there');
    expect(message?.length).toBeLessThan(2_000);
  });

  it.each([
    ['quota', 402, 'Pay first.', /no credit or quota left at 127\.0\.0\.1.*Top it up/],
    ['forbidden', 403, 'Not with this key.', /knows the API key, but it may not do this.*model fake-large/],
    ['forbidden', 403, 'Country, region, or territory not supported', /does not serve the country or region/],
    ['rate_limited', 429, 'Slow down.', /is throttling this API key.*try again in 7 s/],
    ['server_error', 500, 'Oops.', /in trouble of its own just now.*try again later/],
    ['bad_request', 404, 'Not found.', /./],
  ] as const)('tells an operator what %s (%i: %s) means', async (fault, status, message, expected) => {
    const headers = { 'retry-after': '7' };
    vendor.respondAlways({ kind: 'status', status, headers, body: { error: { message } } });
    const result = await test();
    expect(result).toMatchObject({ ok: false, fault, message: expect.stringMatching(expected) });
    expect(result.message).toContain(message);
  });

  it('names the models that are nearest to one that is not there', async () => {
    vendor.respondAlways({ kind: 'status', status: 404, body: { error: { message: 'model: fake-lrage' } } });
    const { fault, message } = await test({ model: 'fake-lrage' });
    expect(fault).toBe('bad_request');
    expect(message).toContain('The model fake-lrage is not there');
    expect(message).toContain('Nearest names: fake-large, fake-small.');
  });

  it('says that a web page is no API', async () => {
    vendor.breakDown({ kind: 'html' });
    const result = await test();
    expect(result).toMatchObject({ ok: false, fault: 'invalid_output' });
    expect(result.message).toContain('answered with a web page, so it is not the API. Check the base URL');
  });

  it('says that an address sends calls elsewhere', async () => {
    const headers = { location: 'https://elsewhere.invalid/' };
    vendor.breakDown({ kind: 'status', status: 302, headers, body: '' });
    expect((await test()).message).toMatch(
      /sends calls on to another address.*final address as the base URL/,
    );
  });

  it('says that a model cannot follow the form', async () => {
    vendor.respondAlways({ kind: 'say', content: 'I would call this praise.' });
    const result = await test();
    expect(result).toMatchObject({ ok: false, fault: 'invalid_output', pricing: 'priced' });
    expect(result.message).toContain('fake-large answered, but not in the form that was asked for');
  });

  it('says what to do about an answer that is cut off', async () => {
    vendor.respondAlways({ kind: 'cut' });
    expect((await test()).message).toContain('Raise maxOutputTokens');
  });

  it.each([
    ['silent', 'a silent vendor', { kind: 'hang' }],
    ['timeout', 'a stalled body', { kind: 'stall' }],
    ['timeout', 'a byte at a time', { kind: 'drip', everyMs: 50 }],
  ] as const)('ends with %s for %s, at either call', async (fault, _what, behaviour) => {
    vendor.listModelsWith(behaviour);
    const listing = await test({ limitMs: 300 });
    expect(listing).toMatchObject({ ok: false, fault, models: null });
    expect(listing.message).toMatch(/Check the base URL and that no firewall swallows the call/);
    vendor.listModelsWith({ kind: 'answer' });
    vendor.respondAlways(behaviour);
    const sample = await test({ sampleMs: 300 });
    expect(sample).toMatchObject({ ok: false, fault, models: expect.any(Array), pricing: 'estimated' });
    expect(sample.message).toMatch(/lists its models, but fake-large .* It may be loading, or be slow/);
  });

  it('says that nothing listens', async () => {
    await vendor.stop();
    const result = await test();
    expect(result).toMatchObject({ ok: false, fault: 'network' });
    expect(result.message).toContain(`Nothing takes connections at ${host()}`);
  });

  it('says that a private address is not called, and how to allow it', async () => {
    const result = await test({ privateHosts: [] });
    expect(result).toMatchObject({ ok: false, fault: 'network' });
    expect(result.message).toMatch(/is not called.*name it in UNDERSTUDY_PRIVATE_HOSTS/);
    expect(vendor.requests).toHaveLength(0);
  });

  it('says that a name cannot be resolved', async () => {
    const lookup: Lookup = (_name, _options, callback) =>
      callback(Object.assign(new Error('nobody knows it'), { code: 'ENOTFOUND' }), []);
    const result = await test({ baseUrl: 'https://vendor.invalid/v1', lookup });
    expect(result).toMatchObject({ ok: false, fault: 'network' });
    expect(result.message).toContain('The name of vendor.invalid cannot be resolved');
  });

  it('ends where a name server never answers', async () => {
    const result = await test({ baseUrl: 'https://vendor.invalid/v1', lookup: () => {}, limitMs: 300 });
    expect(result).toMatchObject({ ok: false, fault: 'silent' });
  });

  it('ends where a server never answers the handshake of TLS', async () => {
    const port = await listen(createTcpServer(() => {}));
    const result = await test({ baseUrl: `https://127.0.0.1:${port}/v1`, limitMs: 300 });
    expect(result).toMatchObject({ ok: false, fault: 'silent' });
  });

  it('says that a server has no TLS, or speaks no HTTP', async () => {
    const tls = await test({ baseUrl: vendor.url.replace('http:', 'https:') });
    expect(tls).toMatchObject({ ok: false, fault: 'network' });
    expect(tls.message).toMatch(/No secure connection.*needs http in the base URL/);
    const port = await listen(createTcpServer((socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n')));
    const ssh = await test({ baseUrl: `http://127.0.0.1:${port}/v1` });
    expect(ssh.message).toMatch(/does not speak HTTP at this port/);
  });
});

it('tells a wrong path from a missing model where the server cannot list its models', async () => {
  const vendor = await startFakeOpenAi();
  onTestFinished(() => vendor.stop());
  vendor.listModelsWith({ kind: 'status', status: 404 });
  const say = async (message: string) => {
    vendor.respondAlways({ kind: 'status', status: 404, body: { error: { message } } });
    return (await run('openai-compatible', { baseUrl: vendor.url })).message;
  };
  expect(await say('Not Found')).toMatch(/has no such path.*ends in \/v1/);
  expect(await say('model "fake-large" not found, try pulling it first')).toContain(
    'The model fake-large is not there',
  );
});

it('says that a server wants a key where the provider has none', async () => {
  const vendor = await startFakeOpenAi({ apiKey: KEY });
  onTestFinished(() => vendor.stop());
  const result = await run('openai-compatible', { baseUrl: vendor.url, apiKey: null });
  expect(result.message).toMatch(/wants an API key, and this provider has none/);
});

it('refuses a base URL with /v1 twice', () => {
  const connection = connectionOf('openai', 'https://vendor.invalid/v1/v1');
  expect(() => createAdapter(connection, { fetch })).toThrow('has /v1 twice');
});
