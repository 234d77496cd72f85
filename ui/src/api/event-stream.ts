import { createEvents } from '@understudy/shared/client/events';
import type { Live } from '../composables/use-live.ts';

/**
 * Passes on to the pages what the service tells, for as long as the signal lets it. A connection that breaks is made
 * again; one that is refused leaves the pages to ask by themselves.
 */
export async function followEvents(live: Live, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of createEvents({ baseUrl: '' })({ signal })) live.tell(event);
  } catch {
    // The pages go on asking.
  }
}
