import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewProvider } from '../shared/src/client/providers.ts';
import { startFakeAnthropic } from '../shared/src/testing/fake-vendors/anthropic/server.ts';
import type { FakeBehaviour } from '../shared/src/testing/fake-vendors/behaviour.ts';
import type { FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import { startFleet, type Fleet } from './support/fleet.ts';

const KEY = 'sk-the-key-of-the-test';
/** Three times what a test may take at most: a machine that is busy with other tests delays every reply. */
const PATIENCE_MS = 15_000;
/** Takes connections and never says a word, so that a TLS handshake hangs. */
const mute = createServer(() => {});

let fleet: Fleet;
const vendors: FakeVendor[] = [];
beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  fleet = await startFleet({ workers: 1 });
});
afterAll(async () => {
  await fleet.close();
  await Promise.all(vendors.map((vendor) => vendor.stop()));
  mute.close();
});

interface Sick {
  what: string;
  type: 'openai-compatible' | 'anthropic';
  fault: string;
  baseUrl?: string;
  listing?: FakeBehaviour;
  sample?: FakeBehaviour;
}

async function toProvider({ what: name, type, baseUrl, listing, sample }: Sick): Promise<NewProvider> {
  const start = type === 'anthropic' ? startFakeAnthropic : startFakeOpenAi;
  const vendor = await start({ apiKey: KEY });
  vendors.push(vendor);
  if (listing) vendor.listModelsWith(listing);
  if (sample) vendor.respondAlways(sample);
  const configuration = { model: 'fake-large' };
  return { name, type, baseUrl: baseUrl ?? vendor.url, apiKey: KEY, enabled: false, configuration };
}

test('ends every test of a sick provider long before its caller gives up, saved or not', async () => {
  const { port } = mute.address() as AddressInfo;
  const type = 'openai-compatible';
  const sick: Sick[] = [
    { what: 'silent', type, fault: 'silent', listing: { kind: 'hang' } },
    { what: 'stalled', type: 'anthropic', fault: 'timeout', listing: { kind: 'stall' } },
    { what: 'dripping', type, fault: 'timeout', listing: { kind: 'drip', everyMs: 100 } },
    { what: 'silent-sample', type: 'anthropic', fault: 'silent', sample: { kind: 'hang' } },
    { what: 'stalled-sample', type, fault: 'timeout', sample: { kind: 'stall' } },
    { what: 'dripping-sample', type: 'anthropic', fault: 'timeout', sample: { kind: 'drip', everyMs: 100 } },
    { what: 'mute-tls', type, fault: 'silent', baseUrl: `https://127.0.0.1:${port}/v1` },
  ];
  const { providers } = fleet.client;
  const bodies = await Promise.all(sick.map(toProvider));
  const expected = sick.map(({ what, fault }) => [what, false, fault]);
  const toFound = (results: Awaited<ReturnType<typeof providers.test>>[]) =>
    results.map(({ ok, fault }, at) => [sick[at]?.what, ok, fault]);

  const unsaved = bodies.map((body) =>
    providers.testUnsaved(body, { signal: AbortSignal.timeout(PATIENCE_MS) }),
  );
  expect(toFound(await Promise.all(unsaved))).toEqual(expected);
  for (const body of bodies) await providers.create(body);
  const saved = sick.map(({ what }) => providers.test(what, { signal: AbortSignal.timeout(PATIENCE_MS) }));
  expect(toFound(await Promise.all(saved))).toEqual(expected);
  expect((await providers.test('silent-sample')).message).toContain(`lists its models, but fake-large`);
});
