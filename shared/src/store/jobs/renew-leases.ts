import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { leaseFromNow } from './claim-job.ts';

/**
 * Renews leases in one update, which a transaction that holds one of the jobs keeps waiting, for `maxTimeMS` at most.
 * @returns the tokens whose claim is gone: cancelled, or taken over.
 */
export async function renewLeases(
  store: Store,
  claims: { jobId: string; token: string }[],
  options: { maxTimeMS?: number } = {},
): Promise<string[]> {
  if (claims.length === 0) return [];
  const filter = {
    _id: { $in: claims.map(({ jobId }) => jobId) },
    'claim.token': { $in: claims.map(({ token }) => token) },
  };
  const jobs = toNative(store.jobs);
  const update = [{ $set: { 'claim.leaseUntil': leaseFromNow } }];
  // A majority that lags must not end calls: whatever they come to is confirmed by it, under the same token.
  const writeConcern = store.primary.leading();
  const { matchedCount } = await jobs.updateMany(filter, update, { ...options, writeConcern });
  if (matchedCount === claims.length) return [];
  const held = new Set(
    (await jobs.find(filter, { projection: { claim: 1 } }).toArray()).map((job) => job.claim?.token),
  );
  return claims.flatMap(({ token }) => (held.has(token) ? [] : [token]));
}
