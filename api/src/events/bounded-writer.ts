import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** `gone`: the caller hung up. `slow`: it does not read what it asked for. `ended`: by us. */
type EndReason = 'gone' | 'slow' | 'ended';

/** A reply that goes on for long, to a reader who may not read. */
export interface BoundedWriter {
  /** Sends text. A reader for whom too much waits already is dropped instead. */
  write(text: string): void;
  /** Resolves when its reader has taken what was sent, or is dropped for not doing so. */
  untilRead(): Promise<void>;
  /** How long ago something was sent, in milliseconds. */
  idleMs(): number;
  end(): void;
  isOver(): boolean;
  /** Resolves with the reason when it is over. */
  done: Promise<EndReason>;
}

/** So much may wait in the socket, beside what is sent at once, before its reader is dropped. */
export const WAITING_BYTES = 512 * 1_024;
const READ_WITHIN_MS = 30_000;

export function createBoundedWriter(res: ServerResponse, monotonic: () => number): BoundedWriter {
  const over = Promise.withResolvers<EndReason>();
  let isOver = false;
  let writtenAt = monotonic();

  function finish(reason: EndReason) {
    isOver = true;
    over.resolve(reason);
  }

  function drop() {
    finish('slow');
    res.destroy();
  }

  res.once('close', () => finish('gone')).on('error', () => finish('gone'));
  if (res.closed) finish('gone');
  return {
    write(text) {
      if (isOver || text === '') return;
      if (res.writableLength > WAITING_BYTES) return drop();
      res.write(text);
      writtenAt = monotonic();
    },
    async untilRead() {
      if (isOver || !res.writableNeedDrain) return;
      const drained = new Promise<true>((resolve) => res.once('drain', () => resolve(true)));
      const late = delay(READ_WITHIN_MS, false, { ref: false });
      if (!(await Promise.race([drained, over.promise, late]))) drop();
    },
    idleMs: () => monotonic() - writtenAt,
    end() {
      if (isOver) return;
      finish('ended');
      // What its reader does not take would hold the connection.
      if (res.writableNeedDrain) res.destroy();
      else res.end();
    },
    isOver: () => isOver,
    done: over.promise,
  };
}
