import type { EventPosition } from '@understudy/shared/events/position';
import type { EventEntry } from '@understudy/shared/events/stream';
import { toEventFrame } from './event-frame.ts';
import { toPublicEvent, type PublicEvent } from './public-event.ts';

/** A public event of the stream, made into text once for all who get it. */
export interface FeedEntry {
  event: PublicEvent;
  position: EventPosition;
  frame: string;
}

interface FeedListener {
  /** What came, in order, and where the stream stands after it. */
  onEntries(entries: readonly FeedEntry[], position: EventPosition): void;
  /** What came until `position` is lost. */
  onReset(position: EventPosition): void;
}

/** This process's place in the stream of events, and the connections that go along with it. */
export interface EventFeed {
  /** Behind what everybody here was told; null before the stream was reached for the first time. */
  position(): EventPosition | null;
  publish(entries: readonly EventEntry[]): void;
  /** Notes where reading begins, or begins anew where something was lost. */
  startAt(position: EventPosition): void;
  /** @returns what ends it. */
  listen(listener: FeedListener): () => void;
}

export function createEventFeed(): EventFeed {
  const listeners = new Set<FeedListener>();
  let latest: EventPosition | null = null;
  return {
    position: () => latest,
    publish(entries) {
      const position = entries.at(-1)?.position;
      if (!position) return;
      latest = position;
      const made = listeners.size === 0 ? [] : toFeedEntries(entries);
      for (const listener of listeners) listener.onEntries(made, position);
    },
    startAt(position) {
      const isFirst = latest === null;
      latest = position;
      if (!isFirst) for (const listener of listeners) listener.onReset(position);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function toFeedEntries(entries: readonly EventEntry[]): FeedEntry[] {
  return entries.flatMap(({ event: internal, position }) => {
    const event = toPublicEvent(internal);
    return event ? [{ event, position, frame: toEventFrame(event.type, event.data, position) }] : [];
  });
}
