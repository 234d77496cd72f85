import { setTimeout as delay } from 'node:timers/promises';
import { isAfter, type EventPosition } from '@understudy/shared/events/position';
import type { EventPage } from '@understudy/shared/events/stream';
import type { BoundedWriter } from './bounded-writer.ts';
import { toEventFrame, toHeartbeat } from './event-frame.ts';
import type { EventFilter } from './event-filter.ts';
import { toFeedEntries, type EventFeed, type FeedEntry } from './feed.ts';

/** The one stream of events, for those who come late. */
export interface StreamSource {
  latest(): Promise<EventPosition>;
  behind(position: EventPosition): Promise<EventPage>;
}

interface EventStreamOptions {
  writer: BoundedWriter;
  filter: EventFilter;
  feed: EventFeed;
  source: StreamSource;
  /** Where to resume, `now`, or `unknown` where what was told last cannot be made out. */
  from: EventPosition | 'now' | 'unknown';
}

export interface EventStream {
  readonly filter: EventFilter;
  /** Sends what is no entry of the stream. */
  send(frame: string): void;
  /** Shows that it is there, if nothing was sent for 15 s. */
  beat(): void;
  end(): void;
}

const HEARTBEAT_MS = 15_000;
const RETRY_HINT_MS = 2_000;
const LOOK_AGAIN_MS = 25;
const SOURCE_AWAY_MS = 500;

/**
 * What one caller is told: first what it missed, from the stream, then along with the feed, with neither a gap nor a
 * repeat between. It goes live only in the moment in which it has had all that the feed has told.
 */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { writer, filter, feed, source, from } = options;
  let cursor = from === 'now' ? feed.position() : from === 'unknown' ? null : from;
  /** Whether the cursor is ours: one that a caller sent may be any. */
  let isKnown = from === 'now';
  let isLive = false;

  function tell(entries: readonly FeedEntry[], position: EventPosition) {
    const isNew = (at: EventPosition) =>
      cursor === null || cursor.epoch !== at.epoch || isAfter(at.id, cursor.id);
    const wanted = entries.filter((entry) => isNew(entry.position) && filter.matches(entry.event));
    if (isNew(position)) cursor = position;
    writer.write(wanted.map(({ frame }) => frame).join(''));
  }

  function resetTo(position: EventPosition) {
    cursor = position;
    isKnown = true;
    writer.write(toEventFrame('reset', {}, position));
  }

  /** Begins to listen in the moment in which nothing lies between what was sent and what the feed tells next. */
  function goLive() {
    const latest = feed.position();
    if (!isKnown || !cursor || !latest) return;
    if (latest.epoch !== cursor.epoch || isAfter(latest.id, cursor.id)) return;
    isLive = true;
    void writer.done.then(feed.listen({ onEntries: tell, onReset: resetTo }));
  }

  async function catchUp() {
    if (cursor === null) return resetTo(await source.latest());
    const page = await source.behind(cursor);
    if (page.kind === 'lost') return resetTo(page.latest);
    isKnown = true;
    const last = page.entries.at(-1);
    if (!last) return void (await delay(LOOK_AGAIN_MS));
    tell(toFeedEntries(page.entries), last.position);
    await writer.untilRead();
  }

  async function run() {
    writer.write(`retry: ${RETRY_HINT_MS}\n${toHeartbeat(isKnown ? cursor : null)}`);
    for (goLive(); !isLive && !writer.isOver(); goLive()) {
      await catchUp().catch(() => delay(SOURCE_AWAY_MS, undefined, { ref: false }));
    }
  }

  void run();
  return {
    filter,
    send: writer.write,
    beat() {
      if (writer.idleMs() >= HEARTBEAT_MS) writer.write(toHeartbeat(isLive ? cursor : null));
    },
    end: writer.end,
  };
}
