import type { Client } from '../../shared/src/client/client.ts';
import { isFinal } from '../../shared/src/contracts/classification.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';

const JOB = { text: 'A bug.', labels: ['billing', 'bug'] };
const WAIT_SECONDS = 5;

/** Jobs one after the other; both methods throw what was refused, or was not answered. */
export interface Traffic {
  answered(): number;
  /** Ends it with the job that is under way; gives how many were answered. */
  stop(): Promise<number>;
}

/** Asks by whichever client there is at the time, each job bound to `providers` where some are given. */
export function keepAsking(getClient: () => Client, { providers }: { providers?: string[] } = {}): Traffic {
  let isGoing = true;
  let answered = 0;
  let failure: Error | null = null;

  async function ask() {
    const { id } = await getClient().classifications.submit({ ...JOB, ...(providers && { providers }) });
    const { state, error } = await eventually(
      async () => {
        const job = await getClient().classifications.get(id, { waitSeconds: WAIT_SECONDS });
        return isFinal(job.state) && job;
      },
      { timeoutMs: 30_000 },
    );
    if (state !== 'succeeded') throw new Error(`A job was ${state}: ${error?.message}`);
    answered += 1;
  }
  const check = () => {
    if (failure) throw failure;
    return answered;
  };
  const asking = (async () => {
    while (isGoing) await ask();
  })().catch((error: unknown) => void (failure = error as Error));

  return {
    answered: check,
    async stop() {
      isGoing = false;
      await asking;
      return check();
    },
  };
}
