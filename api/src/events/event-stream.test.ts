import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { toEventId } from '@understudy/shared/events/position';
import type { AppEvent } from '@understudy/shared/events/events';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANONYMOUS } from '../http/viewer.ts';
import { createEventFilter } from './event-filter.ts';
import { createBoundedWriter, WAITING_BYTES } from './bounded-writer.ts';
import { createEventStream } from './event-stream.ts';
import { createEventFeed } from './feed.ts';

const EPOCH = '0f3a9c21';
const responses: ServerResponse[] = [];
const server = createServer((_req, res) => {
  res.flushHeaders();
  responses.push(res);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A connection whose reader takes nothing, and its end here. */
async function openUnread() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const before = responses.length;
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  await eventually(() => responses.length > before);
  return { socket, res: responses.at(-1)! };
}

function createFeedOf(length: number) {
  const feed = createEventFeed();
  feed.startAt({ id: '0-0', epoch: EPOCH });
  let told = 0;
  const event: AppEvent = {
    type: 'job.updated',
    id: `job_${'x'.repeat(100)}`,
    client: 'default',
    state: 'succeeded',
    batchId: null,
    provider: null,
    degraded: false,
    finishedAt: null,
  };
  const tell = () => {
    const entries = Array.from({ length }, () => ({
      event,
      position: { id: `1-${(told += 1)}`, epoch: EPOCH },
    }));
    feed.publish(entries);
  };
  return { feed, tell, told: () => told };
}
const filter = createEventFilter({ ...ANONYMOUS, scopes: ['admin'] }, {});
const never = () => Promise.reject(new Error('It is not asked'));
const source = { latest: never, behind: never };

it('drops a reader that does not read, and never lays up more than a bound and a page for it', async () => {
  const { socket, res } = await openUnread();
  const { feed, tell } = createFeedOf(500);
  const writer = createBoundedWriter(res, () => 0);
  createEventStream({ writer, filter, feed, source, from: 'now' });
  let most = 0;
  let pageBytes = 0;
  let isOver = false;
  void writer.done.then(() => (isOver = true));
  while (!isOver) {
    const before = res.writableLength;
    tell();
    pageBytes = Math.max(pageBytes, res.writableLength - before);
    most = Math.max(most, res.writableLength);
    // The socket takes what it can.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await writer.done).toBe('slow');
  expect(most).toBeGreaterThan(WAITING_BYTES);
  expect(most).toBeLessThanOrEqual(WAITING_BYTES + 2 * pageBytes);
  expect(res.destroyed).toBe(true);
  socket.destroy();
});

it('keeps a reader that reads, however much comes at once', async () => {
  const { socket, res } = await openUnread();
  const { feed, tell, told } = createFeedOf(5_000);
  const writer = createBoundedWriter(res, () => 0);
  const stream = createEventStream({ writer, filter, feed, source, from: 'now' });
  let text = '';
  socket
    .setEncoding('utf8')
    .on('data', (piece) => (text += piece))
    .resume();
  for (let page = 0; page < 10; page += 1) {
    tell();
    const last = toEventId({ id: `1-${told()}`, epoch: EPOCH });
    await eventually(() => text.includes(last));
  }
  stream.end();
  expect(await writer.done).toBe('ended');
  socket.destroy();
});

it('waits for a reader that catches up, in place of laying up what it missed', async () => {
  const { socket, res } = await openUnread();
  const { feed, tell, told } = createFeedOf(1);
  tell();
  let pages = 0;
  const event = { type: 'interactive.finished', id: 'x' } as const;
  const failover = { type: 'provider.status', id: 'x'.repeat(100_000), name: 'x' } as const;
  const status = { health: 'down', circuit: 'open', cooldownUntil: null, flagged: null } as const;
  const endless = {
    latest: never,
    async behind({ id, epoch }: { id: string; epoch: string }) {
      pages += 1;
      const next = { id: `0-${Number(id.split('-')[1]) + 1}`, epoch };
      return {
        kind: 'events' as const,
        entries: [
          { event, position: next },
          { event: { ...failover, status }, position: next },
        ],
      };
    },
  };
  const from = { id: '0-1', epoch: EPOCH };
  const writer = createBoundedWriter(res, () => 0);
  createEventStream({ writer, filter, feed, source: endless, from });
  let seen = -1;
  await eventually(
    () => {
      const isStill = pages > 0 && pages === seen;
      seen = pages;
      return isStill;
    },
    { everyMs: 100 },
  );
  expect(told()).toBe(1);
  expect(res.writableLength).toBeLessThan(WAITING_BYTES);
  socket.destroy();
  expect(await writer.done).toBe('gone');
});
