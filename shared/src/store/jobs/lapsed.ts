import type { JobDocument } from './model.ts';

/** Jobs whose holder's lease ran out by the ledger's clock, as a filter. */
export const LAPSED = { state: 'processing', $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] } } as const;

/** A job as it was found when its lease had run out. */
export type LapsedJob = Pick<JobDocument, '_id' | 'generation' | 'claim'>;

/** Such a job while it is as it was found: nobody else has taken it since. */
export function stillLapsed({ _id, generation, claim }: LapsedJob) {
  return { _id, generation, 'claim.token': claim?.token, ...LAPSED };
}
