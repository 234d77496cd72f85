import { setTimeout as delay } from 'node:timers/promises';

interface EventuallyOptions {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Repeats `attempt` until it neither throws nor answers `false` or null, and gives what it answered. One that answers
 * nothing only has to end without throwing.
 * @throws what the last attempt threw, when `timeoutMs` (60,000) is over
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 60_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, false | null>> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown = new Error(`It was still not so after ${timeoutMs} ms.`);
    try {
      const answer = await attempt();
      if (answer !== false && answer !== null) return answer as Exclude<T, false | null>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= until) throw failure;
    await delay(everyMs);
  }
}
