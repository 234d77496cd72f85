import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterEach, expect, it } from 'vitest';
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

it('answers once more on a connection that was kept, and ends it with that reply', async () => {
  const server = createHttpServer({
    app: (_, response) => void response.end('here'),
    host: '127.0.0.1',
    port: 0,
    lingerMs: 60_000,
  });
  const { port } = await server.start();
  expect((await get(port)).headers.connection).toBe('keep-alive');
  void server.stop();
  expect((await get(port)).headers.connection).toBe('close');
});

it('ends connections that nobody uses, and takes no more, when its time to linger is over', async () => {
  const server = createHttpServer({
    app: (_, response) => void response.end('here'),
    host: '127.0.0.1',
    port: 0,
    lingerMs: 1,
  });
  const { port } = await server.start();
  await get(port);
  await Promise.all([server.stop(), server.stop()]);
  await expect(get(port)).rejects.toThrow(/ECONNREFUSED|hang up/);
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
