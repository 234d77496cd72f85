import { createEvents } from '@understudy/shared/client/events';
import { watch } from 'vue';
import type { Live } from '../composables/use-live.ts';

/** Longer than somebody looks at another tab for a moment. */
const HANG_UP_AFTER_MS = 5_000;

interface FollowOptions {
  /** Ends it. */
  signal: AbortSignal;
  /** Called whenever a connection is made or refused: who is signed in may have changed since the one before. */
  onConnect: () => void;
}

/**
 * Passes on to the pages what the service tells, until its signal ends it. A console that is paused for a while hangs up:
 * a browser has six connections to one service, and those of hidden tabs would leave none for the tab that is seen.
 */
export function followEvents(live: Live, { signal, onConnect }: FollowOptions): void {
  if (signal.aborted) return;
  let connection: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function hangUp() {
    clearTimeout(timer);
    connection?.abort();
    connection = null;
  }
  const stop = watch(
    live.pausedBy,
    (pausedBy) => {
      clearTimeout(timer);
      if (pausedBy !== null) {
        timer = setTimeout(() => {
          hangUp();
          live.lose();
        }, HANG_UP_AFTER_MS);
      } else if (!connection) {
        connection = new AbortController();
        void passOn(live, { signal: connection.signal, onConnect });
      }
    },
    { immediate: true },
  );
  signal.addEventListener('abort', () => {
    stop();
    hangUp();
  });
}

/**
 * A connection that breaks is made again, and until events come the pages ask by themselves; they go on doing so where
 * the connection is refused.
 */
async function passOn(live: Live, { signal, onConnect }: FollowOptions): Promise<void> {
  const events = createEvents({
    baseUrl: '',
    fetch: async (input, init) => {
      live.lose();
      const response = await fetch(input, init);
      onConnect();
      return response;
    },
  });
  try {
    for await (const event of events({ signal })) live.tell(event);
  } catch {
    if (!signal.aborted) live.lose();
  }
}
