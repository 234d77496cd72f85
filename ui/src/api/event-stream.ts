import { createEvents } from '@understudy/shared/client/events';
import type { Live } from '../composables/use-live.ts';

/**
 * Passes on to the pages what the service tells, for as long as the signal lets it. A connection that breaks is made
 * again, and until events come the pages ask by themselves; they go on doing so where the connection is refused.
 */
export async function followEvents(live: Live, signal: AbortSignal): Promise<void> {
  const events = createEvents({
    baseUrl: '',
    fetch: (input, init) => {
      live.lose();
      return fetch(input, init);
    },
  });
  try {
    for await (const event of events({ signal })) live.tell(event);
  } catch {
    if (!signal.aborted) live.lose();
  }
}
