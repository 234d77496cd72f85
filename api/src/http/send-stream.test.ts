import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterEach, expect, it } from 'vitest';
import { cutUnread } from './cut-unread.ts';
import { sendStream } from './send-stream.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Serves chunks; gives a reader of the reply that takes no more than it asks for. */
async function serve(chunks: () => AsyncIterable<string>, { readWithinMs }: { readWithinMs?: number } = {}) {
  const app = express();
  app.get('/', async (req, res) => {
    const begin = () => res.status(200);
    cutUnread(res, readWithinMs);
    await sendStream(res, chunks(), { begin, isHead: req.method === 'HEAD' });
  });
  app.use((_: unknown, __: unknown, res: express.Response, ___: unknown) => {
    if (res.headersSent) res.destroy();
    else res.status(500).end('problem');
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async (method = 'GET') => {
    const req = request({ port, host: '127.0.0.1', method }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    return res;
  };
}

it('makes no more than the caller reads, and stops when it is gone', async () => {
  let made = 0;
  let ended = false;
  const get = await serve(async function* () {
    try {
      for (;;) {
        made += 1;
        yield 'x'.repeat(65_536);
      }
    } finally {
      ended = true;
    }
  });
  const res = await get();
  let before = -1;
  await eventually(
    () => {
      const isStill = made === before;
      before = made;
      return isStill && made > 1;
    },
    { everyMs: 100 },
  );
  expect(made).toBeLessThan(500);
  expect(ended).toBe(false);
  res.destroy();
  await eventually(() => ended);
});

it('sees at an empty chunk that the caller is gone', async () => {
  let ended = false;
  const get = await serve(async function* () {
    try {
      for (yield 'first'; ; yield '') await delay(1);
    } finally {
      ended = true;
    }
  });
  (await get()).destroy();
  expect(await eventually(() => ended)).toBe(true);
});

it('cuts one who does not read any more, and makes nothing for it', async () => {
  const ended = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (;;) yield 'x'.repeat(65_536);
    } finally {
      ended.resolve();
    }
  }
  const get = await serve(endless, { readWithinMs: 50 });
  const res = await get();
  await ended.promise;
  await expect(readAll(res)).rejects.toThrow('aborted');
});

it('leaves one alone who reads slowly', async () => {
  const length = 32 * 1_048_576;
  const get = await serve(
    async function* () {
      yield 'x'.repeat(length);
    },
    { readWithinMs: 1_000 },
  );
  let read = 0;
  for await (const chunk of (await get()) as AsyncIterable<Buffer>) {
    read += chunk.length;
    await delay(chunk.length / 20_000);
  }
  expect(read).toBe(length);
});

it('answers a failure before the first chunk as any other, and cuts the connection after it', async () => {
  const early = await serve(async function* () {
    yield await Promise.reject<string>(new Error('no ledger'));
  });
  const refused = await early();
  expect([refused.statusCode, await readAll(refused)]).toEqual([500, 'problem']);
  const seen = Promise.withResolvers<void>();
  const late = await serve(async function* () {
    yield 'first\n';
    await seen.promise;
    throw new Error('no ledger any more');
  });
  const cut = await late();
  seen.resolve();
  await expect(readAll(cut)).rejects.toThrow('aborted');
});

it('sends an empty reply where there is no chunk, and only the head to HEAD', async () => {
  const empty = await (await serve(async function* () {}))();
  expect([empty.statusCode, await readAll(empty)]).toEqual([200, '']);
  let ended = false;
  const get = await serve(async function* () {
    try {
      yield 'x';
      yield 'y';
    } finally {
      ended = true;
    }
  });
  const head = await get('HEAD');
  expect([head.statusCode, await readAll(head), ended]).toEqual([200, '', true]);
});
