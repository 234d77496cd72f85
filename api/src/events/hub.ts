import { isFinal } from '@understudy/shared/contracts/classification';
import type { AppEvent } from '@understudy/shared/events/events';

export interface EventHub {
  /** Wakes whoever waits for the end of the thing that the event is about. */
  publish(event: AppEvent): void;
  /** Wakes everybody, now and from now on: the process stops. */
  release(): void;
  /**
   * Reads again and again until `isDone`: at once, whenever an event about `key` came, and every `everyMs` in case
   * one was lost. Gives what it read last when `timeoutMs` is over, the caller is gone, or the process stops.
   * @throws what `read` throws
   */
  pollUntil<T>(options: PollOptions<T>): Promise<T>;
}

interface PollOptions<T> {
  key: string;
  /** Given the event that is the reason to read, if one is. */
  read: (event: AppEvent | null) => Promise<T>;
  isDone: (value: T) => boolean;
  timeoutMs: number;
  everyMs?: number;
  signal: AbortSignal;
  /** Reads only after a first event or `everyMs`: what is waited for has not been begun yet. */
  waitsFirst?: boolean;
}

type Wake = (event: AppEvent | null) => void;

const RE_READ_MS = 1_000;

/** Fans the one event stream out to the requests that wait for something. */
export function createEventHub(): EventHub {
  const waiting = new Map<string, Set<Wake>>();
  let released = false;

  /** Subscribes now, so that no event between here and the wait is missed. */
  function subscribe(key: string, signal: AbortSignal) {
    const { promise: woken, resolve: wake } = Promise.withResolvers<AppEvent | null>();
    const wakers = waiting.get(key) ?? new Set();
    waiting.set(key, wakers.add(wake));
    const leave = () => wake(null);
    signal.addEventListener('abort', leave);
    return {
      async wait(ms: number) {
        const timer = setTimeout(leave, ms);
        const event = await woken;
        clearTimeout(timer);
        return event;
      },
      end() {
        signal.removeEventListener('abort', leave);
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
      for (const wake of waiting.get(key) ?? []) wake(event);
    },
    release() {
      released = true;
      for (const wakers of waiting.values()) for (const wake of wakers) wake(null);
    },
    async pollUntil({ key, read, isDone, timeoutMs, everyMs = RE_READ_MS, signal, waitsFirst = false }) {
      const endsAt = performance.now() + timeoutMs;
      let mayRead = !waitsFirst;
      let event: AppEvent | null = null;
      for (;;) {
        const subscription = subscribe(key, signal);
        try {
          const isOver = () => endsAt <= performance.now() || signal.aborted || released;
          if (mayRead || isOver()) {
            const value = await read(event);
            if (isDone(value) || isOver()) return value;
          }
          event = await subscription.wait(Math.min(endsAt - performance.now(), everyMs));
          mayRead = true;
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
