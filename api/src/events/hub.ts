import { isFinal } from '@understudy/shared/contracts/classification';
import type { AppEvent } from '@understudy/shared/jobs/events';

export interface EventHub {
  /** Wakes whoever waits for the end of the thing that the event is about. */
  publish(event: AppEvent): void;
  /** Wakes everybody, now and from now on: the process stops. */
  release(): void;
  /**
   * Reads again and again until `isDone`: at once, whenever an event about `key` came, and every `everyMs` in case
   * one was lost. Gives what it read last when `timeoutMs` is over, the caller is gone, or the process stops.
   */
  pollUntil<T>(options: PollOptions<T>): Promise<T>;
}

interface PollOptions<T> {
  key: string;
  read: () => Promise<T>;
  isDone: (value: T) => boolean;
  timeoutMs: number;
  everyMs?: number;
  signal: AbortSignal;
}

const RE_READ_MS = 1_000;

/** Fans the one event stream out to the requests that wait for something. */
export function createEventHub(): EventHub {
  const waiting = new Map<string, Set<() => void>>();
  let released = false;

  /** Subscribes now, so that no event between here and the wait is missed. */
  function subscribe(key: string, signal: AbortSignal) {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const wakers = waiting.get(key) ?? new Set();
    waiting.set(key, wakers.add(wake));
    signal.addEventListener('abort', wake);
    return {
      async wait(ms: number) {
        const timer = setTimeout(wake, ms);
        await woken;
        clearTimeout(timer);
      },
      end() {
        signal.removeEventListener('abort', wake);
        wakers.delete(wake);
        if (wakers.size === 0 && waiting.get(key) === wakers) waiting.delete(key);
      },
    };
  }

  return {
    publish(event) {
      // Who waits for a job waits for its end.
      if (event.type === 'job.updated' && !isFinal(event.state)) return;
      const key = toKey(event);
      for (const wake of waiting.get(key) ?? []) wake();
    },
    release() {
      released = true;
      for (const wakers of waiting.values()) for (const wake of wakers) wake();
    },
    async pollUntil({ key, read, isDone, timeoutMs, everyMs = RE_READ_MS, signal }) {
      const endsAt = performance.now() + timeoutMs;
      for (;;) {
        const subscription = subscribe(key, signal);
        try {
          const value = await read();
          const leftMs = endsAt - performance.now();
          if (isDone(value) || leftMs <= 0 || signal.aborted || released) return value;
          await subscription.wait(Math.min(leftMs, everyMs));
        } finally {
          subscription.end();
        }
      }
    },
  };
}

function toKey(event: AppEvent): string {
  return event.type === 'health.checked' ? event.checkId : event.id;
}
