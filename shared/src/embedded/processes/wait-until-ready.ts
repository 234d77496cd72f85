import { setTimeout as delay } from 'node:timers/promises';
import { toErrorMessage } from '../../runtime/error-message.ts';
import { StartError } from '../../errors.ts';

const POLL_MS = 100;
const ANSWER_MS = 2_000;

/** Resolves when `GET /readyz` answers 200. @throws {StartError} with the last answer when `signal` aborts first */
export async function waitUntilReady(url: string, signal: AbortSignal): Promise<void> {
  for (let last = ''; ; await delay(POLL_MS, undefined, { signal }).catch(() => {})) {
    if (signal.aborted)
      throw new StartError(`${url}/readyz did not answer 200 in time; the last answer was: ${last}`);
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
      const body = await response.text();
      if (response.ok) return;
      last = `${response.status} ${body.slice(0, 1_000)}`;
    } catch (error) {
      // Fetch says no more than that it failed; why is in the cause.
      const causes = error instanceof Error && error.cause !== undefined ? [error, error.cause] : [error];
      last = causes.map(toErrorMessage).join(': ');
    }
  }
}
