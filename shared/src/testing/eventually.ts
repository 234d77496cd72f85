import { setTimeout as delay } from 'node:timers/promises';

interface EventuallyOptions {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Repeats `attempt` until it neither throws nor answers `false`, and gives what it answered.
 * @throws what the last attempt threw, when `timeoutMs` (60,000) is over
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 60_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown = new Error(`It was still false after ${timeoutMs} ms.`);
    try {
      const answer = await attempt();
      if (answer !== false) return answer as Exclude<T, false>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= until) throw failure;
    await delay(everyMs);
  }
}
