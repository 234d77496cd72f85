import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../../errors.ts';

export interface Trial {
  countFailure(name: string): void;
  /** Runs the last step of a start. @throws {StartError} when it takes too long or a process fails repeatedly */
  run(step: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

const READY_MS = 60_000;
const MAX_FAILURES = 3;
/** Longer than it takes from one of the first failures to the next. */
const CALM_MS = 1_500;

/**
 * The first start is on trial: a process that fails three times before all is ready has a lasting fault, which is told
 * at once. Later on, what fails is only started again, with backoff.
 */
export function createTrial(stopping: AbortSignal): Trial {
  const failures = new Map<string, number>();
  const failed = new AbortController();
  let lastFailureAt = -Infinity;
  return {
    countFailure(name) {
      lastFailureAt = performance.now();
      const count = (failures.get(name) ?? 0) + 1;
      failures.set(name, count);
      if (count >= MAX_FAILURES)
        failed.abort(new StartError(`${name} does not start; its own lines above say why.`));
    },
    async run(step) {
      const signal = AbortSignal.any([stopping, failed.signal, AbortSignal.timeout(READY_MS)]);
      try {
        await step(signal);
        for (let calmMs; (calmMs = performance.now() - lastFailureAt) < CALM_MS;) {
          await delay(CALM_MS - calmMs, undefined, { signal });
        }
      } catch (error) {
        throw failed.signal.aborted ? failed.signal.reason : error;
      }
    },
  };
}
