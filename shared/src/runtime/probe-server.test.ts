import { once } from 'node:events';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { createProbeServer } from './probe-server.ts';

it('stops while a peer holds on to half a request', async () => {
  const probes = createProbeServer({
    host: '127.0.0.1',
    port: 0,
    stores: async () => ({ mongodb: 'up', redis: 'up' }),
    metrics: new Registry(),
    mayScrape: async () => true,
  });
  await probes.start();
  const peer = connect(probes.port(), '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  const closed = once(peer, 'close');
  peer.write('GET /');
  // Whoever came later was answered, so that the server has what came before.
  expect((await fetch(`http://127.0.0.1:${probes.port()}/healthz`)).status).toBe(200);
  await probes.stop();
  await closed;
});
