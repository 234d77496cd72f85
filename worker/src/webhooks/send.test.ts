import { createServer, type AddressInfo } from 'node:net';
import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import {
  answerWith,
  startWebhookReceiver,
  type ReceiverBehaviour,
  type WebhookReceiver,
} from '@understudy/shared/testing/webhook-receiver';
import { afterAll, afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { sendMessage } from './send.ts';

const agent = createGuardedAgent(createAddressGuard({ privateHosts: ['127.0.0.1'] }));
let receiver: WebhookReceiver;
afterAll(() => agent.destroy());
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.stop());

const send = (url = receiver.url, timeoutMs = 10_000) =>
  sendMessage(agent, { url, headers: { 'webhook-id': 'evt_1' }, body: '{"a":1}', timeoutMs });

it('posts the body with its headers to the whole address', async () => {
  const outcome = await send(`${receiver.url}/a%20b?c=d`);
  expect(outcome).toEqual({ ok: true, httpStatus: 204, error: null, retryAfterMs: null });
  expect(receiver.calls).toMatchObject([
    {
      path: '/a%20b?c=d',
      body: '{"a":1}',
      headers: { 'webhook-id': 'evt_1', 'content-type': 'application/json' },
    },
  ]);
});

it.each<[number, boolean]>([
  [200, true],
  [202, true],
  [299, true],
  [301, false],
  [400, false],
  [410, false],
  [503, false],
])('takes %i for good: %s', async (status, ok) => {
  receiver.respondWith(answerWith(status, { location: '/elsewhere' }));
  const outcome = await send();
  expect(outcome).toMatchObject({ ok, httpStatus: status });
  expect(outcome.error === null).toBe(ok);
  expect(receiver.calls).toHaveLength(1);
});

it.each<[string, ReceiverBehaviour]>([
  ['says nothing', { kind: 'hang' }],
  ['stalls in the middle of its answer', { kind: 'stall' }],
])('gives up a receiver that %s', async (_what, behaviour) => {
  receiver.respondWith(behaviour);
  expect(await send(receiver.url, 300)).toMatchObject({
    ok: false,
    httpStatus: null,
    error: expect.stringContaining('in time'),
  });
});

it('reads no more of an answer than it needs', async () => {
  receiver.respondWith({ kind: 'flood' });
  expect(await send()).toMatchObject({ ok: true, httpStatus: 200 });
});

it('says what went wrong with the connection, and nothing of what a receiver answers', async () => {
  receiver.respondWith({ kind: 'reset' });
  expect((await send()).error).toMatch(/reset/);
  expect((await send('http://127.0.0.1:2/')).error).toMatch(/refused/);
  expect((await send('http://127.0.0.2:2/')).error).toMatch(/UNDERSTUDY_PRIVATE_HOSTS/);
  expect((await send('http://127.0.0.1:25/')).error).toMatch(/is at port 25, which is not called/);
  receiver.respondWith({ kind: 'answer', status: 500, body: 'internal: 10.0.0.1' });
  expect((await send()).error).toBe('The receiver answered 500.');
});

it('says so where a receiver speaks no HTTP', async () => {
  const server = createServer((socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect((await send(`http://127.0.0.1:${port}/`)).error).toMatch(/^The answer was not HTTP/);
});

it('hears for how long it is to wait', async () => {
  receiver.respondWith(answerWith(503, { 'retry-after': '120' }));
  expect((await send()).retryAfterMs).toBe(120_000);
});

it('follows no redirect to another host', async () => {
  const target = await startWebhookReceiver();
  receiver.respondWith(answerWith(307, { location: `${target.url}/` }));
  expect(await send()).toMatchObject({ ok: false, httpStatus: 307 });
  expect(target.calls).toEqual([]);
  await target.stop();
});
