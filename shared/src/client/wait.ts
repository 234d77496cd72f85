import type { Classification, JobState } from '../contracts/classification.ts';
import type { CallOptions } from './call.ts';
import { isWorthRepeating, ProblemError } from './problem-error.ts';
import { createIdleTimeout } from './idle-timeout.ts';

export interface WaitOptions extends CallOptions {
  /** Gives up after this long with a `WaitTimeoutError`; without it, waits as long as the job takes. */
  timeoutMs?: number | undefined;
  /** Called with the job as it stands each time the API was asked. */
  onUpdate?: ((job: Classification) => void) | undefined;
}

/** The job was not final in time; it goes on all the same. */
export class WaitTimeoutError extends Error {
  readonly job: Classification | null;

  constructor(id: string, job: Classification | null) {
    super(`The job ${id} was not finished in time.`);
    this.name = 'WaitTimeoutError';
    this.job = job;
  }
}

type GetJob = (id: string, options: { waitSeconds: number; signal: AbortSignal }) => Promise<Classification>;

const HOLD_SECONDS = 20;
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Asks for the job, each time letting the API hold the reply (RFC 7240 `wait`), until it is final. An API that is
 * away, overloaded or silent for 45 s is asked again with growing pauses; a refusal (404, 403, …) is thrown at once.
 */
export async function waitForJob(get: GetJob, id: string, options: WaitOptions): Promise<Classification> {
  const { timeoutMs, onUpdate } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout].filter((one) => one !== undefined));
  let job: Classification | null = null;
  let pauseMs = PAUSE_MS;
  try {
    for (;;) {
      const idle = createIdleTimeout();
      try {
        const limits = AbortSignal.any([signal, idle.signal]);
        job = await get(id, { waitSeconds: HOLD_SECONDS, signal: limits });
        onUpdate?.(job);
        if (isFinalState(job.state)) return job;
        pauseMs = PAUSE_MS;
      } catch (error) {
        if (signal.aborted || !isWorthRepeating(error)) throw error;
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
        if (error instanceof ProblemError) pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
      } finally {
        idle.end();
      }
      // Also between good replies: an API that does not honour `wait` must not be asked in a tight loop.
      await pause(pauseMs, signal);
    }
  } catch (error) {
    if (timeout?.aborted && !options.signal?.aborted) throw new WaitTimeoutError(id, job);
    throw error;
  }
}

/** Whether a job in this state has ended for good, as in the contract, which would bring its schemas along. */
export function isFinalState(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** @throws the signal's reason when it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
