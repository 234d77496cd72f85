import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createHttpServer } from './http-server.ts';
import { sendRaw } from './testing/raw-http.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterEach(() => agent.destroy());

async function get(port: number): Promise<IncomingMessage> {
  const [reply] = (await once(request({ port, host: '127.0.0.1', agent }).end(), 'response')) as [
    IncomingMessage,
  ];
  reply.resume();
  await once(reply, 'end');
  return reply;
}

/** A server on a free port that answers every request with the same words. */
const create = ({ words = 'here', lingerMs = 1 } = {}) =>
  createHttpServer({
    app: (_, response) => void response.end(words),
    host: '127.0.0.1',
    port: 0,
    lingerMs,
  });

it('outlives whoever takes it for a proxy and hangs up rudely', async () => {
  const server = create();
  const crashed = vi.fn<NodeJS.UncaughtExceptionListener>();
  const listeners = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', crashed);
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener as () => void);
  });
  const { port } = await server.start();
  for (let caller = 0; caller < 20; caller += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  expect((await get(port)).statusCode).toBe(200);
  await server.stop();
  expect(crashed).not.toHaveBeenCalled();
});

it.each(['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'no HTTP\r\n\r\n'])(
  'stops without whoever it refused (%j) and who does not hang up',
  async (refused) => {
    const server = create();
    const { port } = await server.start();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {}).write(refused);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 4/);
    await server.stop();
  },
);

it('cuts a reply of which nobody reads anything, and no wait for one', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const cut = Promise.withResolvers<void>();
  const server = createHttpServer({
    app(request, response) {
      if (request.url === '/wait') return asked.resolve(response);
      response.once('close', cut.resolve).end('x'.repeat(32 * 1_048_576));
    },
    host: '127.0.0.1',
    port: 0,
    lingerMs: 1,
    readWithinMs: 50,
  });
  const { port } = await server.start();
  const waiting = once(request({ port, host: '127.0.0.1', path: '/wait', agent }).end(), 'response');
  const unread = connect(port, '127.0.0.1').on('error', () => {});
  unread.pause().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await cut.promise;
  unread.destroy();
  (await asked.promise).end('here');
  const [reply] = (await waiting) as [IncomingMessage];
  expect(reply.resume().statusCode).toBe(200);
  await server.stop();
});

it('stops without whoever it refused and who reads nothing', async () => {
  const server = create({ words: 'x'.repeat(32 * 1_048_576) });
  const { port } = await server.start();
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .pause();
  onTestFinished(() => void socket.destroy());
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'readable');
  await server.stop();
  await expect(get(port)).rejects.toThrow(/ECONNREFUSED/);
});

it('answers once more on a connection that was kept, and ends it with that reply', async () => {
  const server = create({ lingerMs: 60_000 });
  const { port } = await server.start();
  expect((await get(port)).headers.connection).toBe('keep-alive');
  void server.stop();
  expect((await get(port)).headers.connection).toBe('close');
});

it('ends connections that nobody uses, and takes no more, when its time to linger is over', async () => {
  const server = create();
  const { port } = await server.start();
  await get(port);
  await Promise.all([server.stop(), server.stop()]);
  await expect(get(port)).rejects.toThrow(/ECONNREFUSED|hang up/);
});

/** A caller of its own thread, which goes on while this one is busy. It says what it got when its connection is over. */
function startCaller(port: number) {
  const asked = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { parentPort, workerData: { port, asked } } = require('node:worker_threads');
    let got = '';
    const socket = () => require('node:net').connect(port, '127.0.0.1')
      .on('data', (data) => parentPort.postMessage((got += data)))
      .on('error', ({ code }) => (got += code))
      .on('close', () => parentPort.postMessage('over: ' + got));
    let connection;
    parentPort.on('message', () => {
      connection ??= socket();
      connection.write('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', () => {
        Atomics.add(asked, 0, 1);
        Atomics.notify(asked, 0);
      });
    });`;
  const worker = new Worker(code, { eval: true, workerData: { port, asked } });
  const all: string[] = [];
  worker.on('message', (said: string) => all.push(said));
  return {
    ask: () => worker.postMessage('ask', []),
    /** Does nothing else until the caller has sent so many requests, and for so long. */
    busyUntilAsked(times: number, ms: number) {
      const until = performance.now() + ms;
      while (Atomics.load(asked, 0) < times || performance.now() < until)
        Atomics.wait(asked, 0, Atomics.load(asked, 0), 1);
    },
    said: (what: RegExp) => eventually(() => all.find((said) => what.test(said)) ?? false),
    end: () => worker.terminate(),
  };
}

it.each([
  ['a new connection', 1],
  ['a connection that was kept', 2],
])('answers what came on %s while it was busy at the end of its time to linger', async (_, requests) => {
  const lingerMs = 20;
  const server = create({ lingerMs });
  const { port } = await server.start();
  await get(port);
  const caller = startCaller(port);
  if (requests === 2) {
    caller.ask();
    await caller.said(/here$/);
  }
  const stopped = server.stop();
  await nextTurn();
  caller.ask();
  caller.busyUntilAsked(requests, 2 * lingerMs);
  expect(await caller.said(/^over/)).toMatch(/Connection: close[^]*here$/);
  await stopped;
  await caller.end();
});

it('answers 408 to headers that do not come, and hangs up', async () => {
  const server = createHttpServer({
    app: (_, response) => void response.end('here'),
    host: '127.0.0.1',
    port: 0,
    lingerMs: 1,
    headersMs: 50,
    lateCheckMs: 10,
  });
  const { port } = await server.start();
  const { status, body } = await sendRaw(
    `http://127.0.0.1:${port}`,
    'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n',
  );
  expect({ status, code: JSON.parse(body).code }).toEqual({ status: 408, code: 'request_timeout' });
  await server.stop();
});
