import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import { createGuardedFetch } from '@understudy/shared/net/guarded-fetch';
import { expect, it } from 'vitest';
import { createAdapter } from './registry.ts';
import { connectionOf } from './testing/connection.ts';
import { requestOf } from './testing/sample-request.ts';

/** What comes of a call at `url`, by the agent that production has. */
async function call(url: string, privateHosts = ['127.0.0.1']) {
  const agent = createGuardedAgent(createAddressGuard({ privateHosts }));
  const adapter = createAdapter(connectionOf('openai', url), { fetch: createGuardedFetch(agent) });
  const outcome = await adapter.classify(requestOf(), AbortSignal.timeout(20_000));
  await agent.destroy();
  return outcome;
}

/** A server that ends each connection when the first bytes come. */
async function startBreaking(end: 'destroy' | 'resetAndDestroy' | 'end') {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {}).once('data', () => socket[end]());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => server.close() };
}

it.each(['destroy', 'resetAndDestroy', 'end'] as const)(
  'knows a connection that was broken before it stood from one that was broken later (%s)',
  async (end) => {
    const server = await startBreaking(end);
    const broken = { kind: 'network', cause: 'reset', status: null };
    expect(await call(`https://127.0.0.1:${server.port}`)).toMatchObject({
      ok: false,
      fault: { ...broken, unsent: true },
    });
    const later = await call(`http://127.0.0.1:${server.port}`);
    expect(later).toMatchObject({ ok: false, fault: broken });
    expect(later).not.toHaveProperty('fault.unsent');
    server.close();
  },
);

it('knows that nothing was sent where nobody is, and where it may not go', async () => {
  const server = await startBreaking('end');
  server.close();
  const [refused, nowhere, forbidden] = await Promise.all([
    call(`http://127.0.0.1:${server.port}`),
    // A label beyond 63 octets: the resolver fails without sending anything.
    call(`http://${'x'.repeat(64)}.invalid`),
    call(`http://127.0.0.1:${server.port}`, []),
  ]);
  const unsent = (cause: string) => ({ ok: false, fault: { kind: 'network', cause, unsent: true } });
  expect([refused, nowhere, forbidden]).toMatchObject([unsent('refused'), unsent('dns'), unsent('private')]);
});
