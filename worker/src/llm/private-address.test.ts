import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import { createGuardedFetch } from '@understudy/shared/net/guarded-fetch';
import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { expect, it } from 'vitest';
import { createAdapter } from './registry.ts';
import { connectionOf } from './testing/connection.ts';
import { requestOf } from './testing/sample-request.ts';

it.each([
  ['openai', startFakeOpenAi],
  ['anthropic', startFakeAnthropic],
] as const)(
  'an adapter of %s calls a private address only where it is named, and says so',
  async (type, start) => {
    const vendor = await start();
    const ask = async (privateHosts: string[]) => {
      const agent = createGuardedAgent(createAddressGuard({ privateHosts }));
      const adapter = createAdapter(connectionOf(type, vendor.url), { fetch: createGuardedFetch(agent) });
      const outcome = await adapter.classify(requestOf(), AbortSignal.timeout(5_000));
      await agent.destroy();
      return outcome;
    };
    expect(await ask([])).toMatchObject({
      ok: false,
      fault: { kind: 'network', message: expect.stringContaining('UNDERSTUDY_PRIVATE_HOSTS') },
    });
    expect(vendor.requests).toHaveLength(0);
    expect(await ask(['127.0.0.1'])).toMatchObject({ ok: true, result: { label: 'billing' } });
    await vendor.stop();
  },
);

it.each([
  ['openai', startFakeOpenAi],
  ['anthropic', startFakeAnthropic],
] as const)('an adapter of %s follows no redirect, whoever sends one', async (type, start) => {
  const [vendor, target] = [await start(), await start()];
  const agent = createGuardedAgent(createAddressGuard({ privateHosts: ['127.0.0.1'] }));
  const adapter = createAdapter(connectionOf(type, vendor.url), { fetch: createGuardedFetch(agent) });
  for (const status of [301, 302, 307, 308]) {
    vendor.respondWith({ kind: 'status', status, headers: { location: target.url } });
    const outcome = await adapter.classify(requestOf(), AbortSignal.timeout(5_000));
    expect(outcome).toMatchObject({ ok: false, fault: { message: expect.stringContaining('redirected') } });
  }
  expect(target.requests).toHaveLength(0);
  await agent.destroy();
  await Promise.all([vendor.stop(), target.stop()]);
});
