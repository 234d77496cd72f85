/**
 * Joins concurrent writes of one kind into batches. A call flushes at once when no batch of its kind is in
 * flight, else it joins the next one; there is no timer, so a lone write waits for nothing.
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
}

interface Waiting<Input, Outcome> {
  input: Input;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** @returns a function that writes one input and resolves with its outcome, once its batch is written. */
export function createGroupCommit<Input, Outcome>(
  options: GroupCommitOptions<Input, Outcome>,
): (input: Input) => Promise<Outcome> {
  const { commit, readBack, maxBatch = 64 } = options;
  let waiting: Waiting<Input, Outcome>[] = [];
  let inFlight = false;

  async function flush() {
    inFlight = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
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
      // One turn later, so that calls of the same turn share the first batch.
      if (!inFlight) {
        inFlight = true;
        queueMicrotask(() => void flush());
      }
    });
}
