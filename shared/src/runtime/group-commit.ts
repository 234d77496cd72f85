import { createPause } from './pause.ts';

/**
 * Joins concurrent writes of one kind into batches: a call flushes at once, or joins the next batch while one is in
 * flight. After a batch of several the next is delayed, so that more join it: a few large batches cost less than many.
 */
export interface GroupCommitOptions<Input, Outcome> {
  /** Writes a batch and tells each one's outcome, in order. An `Error` as outcome fails only its own caller. */
  commit: (batch: Input[]) => Promise<(Outcome | Error)[]>;
  /**
   * Tells from the store what became of a batch whose commit failed for an unknown reason; `undefined` where it
   * was not written. What is to outlive a primary must be read as `CONFIRMED`. Called once, before the callers fail.
   */
  readBack: (batch: Input[]) => Promise<(Outcome | undefined)[]>;
  /**
   * Whether a commit may have failed for one of its inputs: then each that was not written is committed again by itself,
   * so that no caller fails by another's input. Never where absent.
   */
  isByInput?: (failure: unknown) => boolean;
  maxBatch?: number;
  /** How long after a batch of several the next one leaves, at the latest. */
  commitDelayMs?: number;
}

interface Waiting<Input, Outcome> {
  input: Input;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** PostgreSQL has the same as `commit_delay` and `commit_siblings`. */
const COMMIT_DELAY_MS = 25;
const COMMIT_SIBLINGS = 3;
/** Nor is a batch delayed for longer than so many writes take: a store that is quick gains nothing by it. */
const MAX_DELAY_WRITES = 4;

/** @returns a function that writes one input and resolves with its outcome, once its batch is written. */
export function createGroupCommit<Input, Outcome>(
  options: GroupCommitOptions<Input, Outcome>,
): (input: Input) => Promise<Outcome> {
  const { commit, readBack, isByInput, maxBatch = 64, commitDelayMs = COMMIT_DELAY_MS } = options;
  /** So many are not delayed. */
  const noDelayCount = Math.ceil(maxBatch / 4);
  const pause = createPause();
  let waiting: Waiting<Input, Outcome>[] = [];
  let inFlight = false;
  let delayedUntil = 0;

  async function flush() {
    while (waiting.length > 0) {
      const delayMs = delayedUntil - performance.now();
      if (delayMs > 0 && waiting.length < noDelayCount) await pause.rest(delayMs);
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      const begunAt = performance.now();
      await write(batch);
      const maxDelayMs = MAX_DELAY_WRITES * (performance.now() - begunAt);
      delayedUntil = batch.length < COMMIT_SIBLINGS ? 0 : begunAt + Math.min(commitDelayMs, maxDelayMs);
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
      const isIsolated = batch.length > 1 && isByInput?.(failure) === true;
      for (const [index, one] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) one.resolve(outcome);
        else if (isIsolated) await write([one]);
        else one.reject(failure);
      }
    }
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (waiting.length >= noDelayCount) pause.end();
      // One turn later, so that calls of the same turn share the first batch.
      if (!inFlight) {
        inFlight = true;
        queueMicrotask(() => void flush());
      }
    });
}
