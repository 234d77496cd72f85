import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isAfter, type EventPosition } from '@understudy/shared/jobs/event-position';
import type { EventPage } from '@understudy/shared/jobs/event-stream';
import { toEventFrame, toHeartbeat } from './event-frame.ts';
import type { EventFilter } from './event-filter.ts';
import { toFeedEntries, type EventFeed, type FeedEntry } from './feed.ts';

/** The one stream of events as a process reads it, for those who come late. */
export interface StreamSource {
  latest(): Promise<EventPosition>;
  behind(position: EventPosition): Promise<EventPage>;
}

interface EventStreamOptions {
  res: ServerResponse;
  filter: EventFilter;
  feed: EventFeed;
  source: StreamSource;
  /** Where to resume, `now`, or `unknown` where what was told last cannot be made out. */
  from: EventPosition | 'now' | 'unknown';
  monotonic: () => number;
}

/** `gone`: the caller hung up. `slow`: it does not read what it asked for. `ended`: by us. */
export type EndReason = 'gone' | 'slow' | 'ended';

export interface EventStream {
  readonly filter: EventFilter;
  /** Sends what is no entry of the stream, if it is asked for. */
  send(frame: string): void;
  /** Shows that it is there, if nothing was sent for `HEARTBEAT_MS`. */
  beat(): void;
  end(): void;
  /** Resolves with the reason when it is over. */
  done: Promise<EndReason>;
}

export const HEARTBEAT_MS = 15_000;
/** So much may wait in the socket, beside what is sent at once, before its reader is dropped. */
export const WAITING_BYTES = 512 * 1_024;
/** Where what was missed is read by pages, the reader has so long for each. */
const PAGE_READ_MS = 30_000;
const RETRY_HINT_MS = 2_000;
const LOOK_AGAIN_MS = 25;
const SOURCE_AWAY_MS = 500;

/**
 * One caller's connection: first what it missed, from the stream, then along with the feed, with neither a gap nor a
 * repeat between. It goes live only in the moment in which it has had all that the feed has told.
 */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { res, filter, feed, source, from, monotonic } = options;
  const over = Promise.withResolvers<EndReason>();
  let stopListening: (() => void) | null = null;
  let isOver = false;
  let writtenAt = monotonic();
  let cursor = from === 'now' ? feed.position() : from === 'unknown' ? null : from;
  /** Whether the cursor is ours: one that a caller sent may be any. */
  let isKnown = from === 'now';

  function finish(reason: EndReason) {
    if (isOver) return;
    isOver = true;
    stopListening?.();
    over.resolve(reason);
  }

  function write(frames: string) {
    if (isOver || frames === '') return;
    if (res.writableLength > WAITING_BYTES) return drop();
    res.write(frames);
    writtenAt = monotonic();
  }

  function drop() {
    finish('slow');
    res.destroy();
  }

  function tell(entries: readonly FeedEntry[], position: EventPosition) {
    const isNew = (at: EventPosition) =>
      cursor === null || cursor.epoch !== at.epoch || isAfter(at.id, cursor.id);
    const wanted = entries.filter((entry) => isNew(entry.position) && filter.matches(entry.event));
    if (isNew(position)) cursor = position;
    write(wanted.map(({ frame }) => frame).join(''));
  }

  function resetTo(position: EventPosition) {
    cursor = position;
    write(toEventFrame('reset', {}, position));
  }

  /** @returns whether it is live now: nothing lies between what was sent and what the feed tells next. */
  function goLive(): boolean {
    const latest = feed.position();
    if (!isKnown || !cursor || !latest) return false;
    if (latest.epoch !== cursor.epoch || isAfter(latest.id, cursor.id)) return false;
    stopListening = feed.listen({ onEntries: tell, onReset: resetTo });
    return true;
  }

  async function catchUp() {
    if (cursor === null) {
      resetTo(await source.latest());
      isKnown = true;
      return;
    }
    const page = await source.behind(cursor);
    isKnown = true;
    if (page.kind === 'lost') return resetTo(page.latest);
    const last = page.entries.at(-1);
    if (!last) return void (await delay(LOOK_AGAIN_MS));
    tell(toFeedEntries(page.entries), last.position);
    await untilRead();
  }

  /** Bounds what waits while a caller is told what it missed, which may be much. */
  async function untilRead() {
    if (isOver || !res.writableNeedDrain) return;
    const drained = new Promise<boolean>((resolve) => res.once('drain', () => resolve(true)));
    const late = delay(PAGE_READ_MS, false, { ref: false });
    if (!(await Promise.race([drained, over.promise.then(() => true), late]))) drop();
  }

  async function run() {
    write(`retry: ${RETRY_HINT_MS}\n${toHeartbeat(isKnown ? cursor : null)}`);
    while (!isOver && !goLive())
      await catchUp().catch(() => delay(SOURCE_AWAY_MS, undefined, { ref: false }));
  }

  res.once('close', () => finish('gone')).on('error', () => finish('gone'));
  if (res.closed) finish('gone');
  void run();
  return {
    filter,
    send: write,
    beat() {
      if (monotonic() - writtenAt >= HEARTBEAT_MS) write(toHeartbeat(stopListening ? cursor : null));
    },
    end() {
      if (isOver) return;
      finish('ended');
      // What its reader does not take would hold the connection.
      if (res.writableNeedDrain) res.destroy();
      else res.end();
    },
    done: over.promise,
  };
}
