import type { Lookup } from '@understudy/shared/net/address-guard';
import { createGuardedFetch } from '@understudy/shared/net/guarded-fetch';
import { eventually } from '@understudy/shared/testing/eventually';
import { startWebhookReceiver } from '@understudy/shared/testing/webhook-receiver';
import { expect, it, onTestFinished } from 'vitest';
import { sendMessage } from '../webhooks/send.ts';
import { createOutgoingAgents } from './outgoing-agents.ts';

const isDead = (hostname: string) => hostname.endsWith('.dead.test');

/** Looks two names up at once, as the system does; a dead one keeps its place for ever. */
function createSystemLookup(address: string, asked: Set<string>): Lookup {
  const waiting: (() => void)[] = [];
  let free = 2;
  const start = () => {
    if (free === 0) return;
    const next = waiting.shift();
    if (!next) return;
    free -= 1;
    next();
  };
  return (hostname, _how, callback) => {
    asked.add(hostname);
    waiting.push(() => {
      if (isDead(hostname)) return;
      free += 1;
      callback(null, [{ address, family: 4 }]);
      start();
    });
    start();
  };
}

it('reaches providers and receivers while names of clients lead to name servers that never answer', async () => {
  const receiver = await startWebhookReceiver();
  const asked = new Set<string>();
  const agents = createOutgoingAgents({
    privateHosts: ['127.0.0.1'],
    lookup: createSystemLookup('127.0.0.1', asked),
    ask: async (hostname) => {
      asked.add(hostname);
      if (isDead(hostname)) await new Promise<never>(() => {});
      return { addresses: [], isComplete: true };
    },
  });
  const send = (url: string) => sendMessage(agents.webhooks, { url, headers: {}, body: '{}' });
  const dead = Array.from({ length: 32 }, (_, host) => send(`http://${host}.dead.test/`));
  onTestFinished(async () => {
    await agents.destroy();
    await Promise.all(dead);
    await receiver.stop();
  });
  await eventually(() => asked.size === 32);
  const { port } = new URL(receiver.url);
  const answer = await createGuardedFetch(agents.providers)(`http://provider.test:${port}/`);
  expect(answer.status).toBe(204);
  expect(await send(`http://receiver.test:${port}/`)).toMatchObject({ ok: true });
});
