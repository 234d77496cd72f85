import { createPause } from './pause.ts';

/**
 * Joins concurrent writes of one kind into batches. A call flushes at once when no batch of its kind is in flight, else
 * it joins the next one. Where a batch was a crowd, more are on their way: the next gathers for a moment, since many
 * small batches cost more than a few large ones, and on busy processors make everybody wait longer. A lone write waits
 * for nothing.
 */
export interface GroupCommitOptions<Input, Outcome> {
  /** Writes a batch and tells each one's outcome, in order. An `Error` as outcome fails only its own caller. */
  commit: (batch: Input[]) => Promise<(Outcome | Error)[]>;
  /**
   * Tells from the store what became of a batch whose commit failed for an unknown reason; `undefined` where it
   * was not written. What is to outlive a primary must be read as `CONFIRMED`. Called once, before the callers fail.
   */
  readBack: (batch: Input[]) => Promise<(Outcome | undefined)[]>;
  maxBatch?: number;
  /** For how long a batch that follows a crowd gathers, from the time at which the crowd was written. */
  gatherMs?: number;
}

interface Waiting<Input, Outcome> {
  input: Input;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

const GATHER_MS = 25;
/** So many in one batch are a crowd. */
const CROWD = 3;

/** @returns a function that writes one input and resolves with its outcome, once its batch is written. */
export function createGroupCommit<Input, Outcome>(
  options: GroupCommitOptions<Input, Outcome>,
): (input: Input) => Promise<Outcome> {
  const { commit, readBack, maxBatch = 64, gatherMs = GATHER_MS } = options;
  /** So many are worth a batch without waiting for more. */
  const enough = Math.ceil(maxBatch / 4);
  const pause = createPause();
  let waiting: Waiting<Input, Outcome>[] = [];
  let inFlight = false;
  let last = { size: 0, at: -Infinity };

  async function flush() {
    inFlight = true;
    while (waiting.length > 0) {
      const restMs = last.size < CROWD ? 0 : last.at + gatherMs - performance.now();
      if (restMs > 0 && waiting.length < enough) await pause.rest(restMs);
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      last = { size: batch.length, at: performance.now() };
      await write(batch);
    }
    inFlight = false;
  }

  async function write(batch: Waiting<Input, Outcome>[]) {
    const inputs = batch.map(({ input }) => input);
    try {
      const outcomes = await commit(inputs);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome as Outcome);
      }
    } catch (failure) {
      const outcomes = await readBack(inputs).catch(() => []);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(failure);
        else resolve(outcome);
      }
    }
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (waiting.length >= enough) pause.end();
      // One turn later, so that calls of the same turn share the first batch.
      if (!inFlight) {
        inFlight = true;
        queueMicrotask(() => void flush());
      }
    });
}
