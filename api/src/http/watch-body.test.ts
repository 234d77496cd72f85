import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHttpServer } from '../http-server.ts';
import { LEFTOVER_MS, STALL_MS } from './watch-body.ts';

/** Far beyond what any machine needs. */
const WAIT = { timeout: 20_000, interval: 2 };
const HEAD = 'POST /upload?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n';
let stop: () => Promise<void> = async () => {};
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(async () => {
  vi.useRealTimers();
  await stop();
});

/** A server whose watch is held by the test's clock, and a connection to it. */
async function open(
  app: RequestListener,
  sent = HEAD,
): Promise<{ socket: Socket; reply(): string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createHttpServer({
    app(request, response) {
      requests.push(request);
      app(request, response);
    },
    host: '127.0.0.1',
    port: 0,
    lingerMs: 0,
  });
  const { port } = await server.start();
  const socket = connect(port, '127.0.0.1');
  stop = async () => {
    socket.destroy();
    await server.stop();
  };
  let reply = '';
  socket.setEncoding('utf8').on('data', (text: string) => (reply += text));
  socket.write(sent);
  await vi.waitUntil(() => requests.length === 1, WAIT);
  return { socket, reply: () => reply, requests };
}

/** Sends so many bytes and resolves when the server has them. */
async function send(socket: Socket, request: IncomingMessage, bytes: number): Promise<void> {
  const before = request.socket.bytesRead;
  socket.write('x'.repeat(bytes));
  await vi.waitUntil(() => request.socket.bytesRead >= before + bytes, WAIT);
}

it('answers 408 to a body that stops coming, and hangs up', async () => {
  const { socket, reply, requests } = await open((request) => void request.resume());
  await send(socket, requests[0]!, 5_000);
  vi.advanceTimersByTime(STALL_MS);
  expect(requests[0]!.socket.destroyed).toBe(false);
  vi.advanceTimersByTime(STALL_MS);
  await once(socket, 'close');
  expect(reply()).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json.*"code":"request_timeout"/s);
  expect(reply()).toContain('"instance":"/upload"');
});

it('ends one that drips, and not one that comes slowly', async () => {
  const { socket, requests } = await open((request) => void request.resume());
  for (let round = 0; round < 20; round += 1) {
    await send(socket, requests[0]!, 2_000);
    vi.advanceTimersByTime(STALL_MS);
  }
  expect(requests[0]!.socket.destroyed).toBe(false);
  await send(socket, requests[0]!, 100);
  vi.advanceTimersByTime(STALL_MS);
  await once(socket, 'close');
});

it('does not end one that we ourselves keep waiting', async () => {
  let reply: ServerResponse | null = null;
  const { socket, requests } = await open((_, response) => void (reply = response));
  await send(socket, requests[0]!, 50_000);
  vi.advanceTimersByTime(10 * STALL_MS);
  expect(reply).toMatchObject({ headersSent: false });
  expect(requests[0]!.socket.destroyed).toBe(false);
});

it('hangs up on what is sent on behind a reply, once that had time to get through', async () => {
  const { socket, reply, requests } = await open((request, response) => {
    request.resume();
    response.writeHead(413).end('enough');
  });
  await vi.waitUntil(() => reply().includes('enough'), WAIT);
  await send(socket, requests[0]!, 5_000);
  expect(requests[0]!.socket.destroyed).toBe(false);
  vi.advanceTimersByTime(LEFTOVER_MS);
  await once(socket, 'close');
});

it('cuts a reply that has begun', async () => {
  const { socket, reply } = await open((request, response) => {
    request.resume();
    response.writeHead(200).write('first');
  });
  await vi.waitUntil(() => reply().includes('first'), WAIT);
  vi.advanceTimersByTime(STALL_MS);
  vi.advanceTimersByTime(STALL_MS);
  await once(socket, 'close');
  expect(reply()).not.toContain('408');
});

it('leaves one alone that has come', async () => {
  let reply: ServerResponse | null = null;
  const { socket, requests } = await open((request, response) => {
    reply = response;
    request.resume();
  });
  await send(socket, requests[0]!, 1_000_000);
  await vi.waitUntil(() => requests[0]!.complete, WAIT);
  vi.advanceTimersByTime(10 * STALL_MS);
  expect(reply).toMatchObject({ headersSent: false });
});

it('leaves one alone that was empty, though nobody reads it', async () => {
  const empty = 'GET /wait HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
  let reply: ServerResponse | null = null;
  const { requests } = await open((_, response) => void (reply = response), empty);
  await vi.waitUntil(() => requests[0]!.complete, WAIT);
  vi.advanceTimersByTime(10 * STALL_MS);
  expect(reply).toMatchObject({ headersSent: false });
  expect(requests[0]!.socket.destroyed).toBe(false);
});
