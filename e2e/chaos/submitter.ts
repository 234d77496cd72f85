import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../shared/src/client/client.ts';
import { ProblemError } from '../../shared/src/client/problem-error.ts';
import type { NewClassification } from '../../shared/src/client/classifications.ts';

/** An upstream system that repeats a submit with its key until it is accepted. */
export interface Submitter {
  /** Submits one job; resolves with its id. @throws where the answer is one that a repeat cannot mend. */
  submit(job: NewClassification, idempotencyKey: string): Promise<string>;
  /** Ids of what was accepted so far. */
  accepted: string[];
  /** How often a submit had to be repeated, by what it had met: a status, or `unreachable`. */
  repeats: Record<string, number>;
}

const REPEAT_MS = 200;
const RETRYABLE = new Set([429, 503]);

export function createSubmitter(client: Client): Submitter {
  const accepted: string[] = [];
  const repeats: Record<string, number> = {};

  return {
    accepted,
    repeats,
    async submit(job, idempotencyKey) {
      for (;;) {
        try {
          const { id } = await client.classifications.submit(job, { idempotencyKey });
          accepted.push(id);
          return id;
        } catch (error) {
          const met = error instanceof ProblemError ? String(error.status) : 'unreachable';
          if (error instanceof ProblemError && !RETRYABLE.has(error.status)) throw error;
          repeats[met] = (repeats[met] ?? 0) + 1;
          await delay(REPEAT_MS);
        }
      }
    },
  };
}
