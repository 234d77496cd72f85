import type { Caller } from '../measure/caller.ts';
import type { Bed } from './bed.ts';
import { addWaitingJobs, untilAllEnded } from './ledger.ts';
import { submitInTurn } from './submit.ts';

/** Lets API and workers do so many jobs first: what runs for the first time is not compiled yet. */
export async function warmUp({ fleet }: Pick<Bed, 'fleet'>, caller: Caller, jobs: number): Promise<void> {
  await addWaitingJobs(fleet.store, jobs);
  await untilAllEnded(fleet.store);
  await submitInTurn(caller, Math.ceil(jobs / 10));
}
