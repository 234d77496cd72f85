import type { mongo } from 'mongoose';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { isDuplicateKey } from '../insert-each.ts';

/** One that its primary loses again is held by two for a moment. Where that may not be, the majority has to have it. */
const SOON: mongo.WriteConcernSettings = { w: 1 };

export interface LeaseInput {
  name: string;
  holder: string;
  leaseMs: number;
  /** Who has to have it before it counts; one alone by default. */
  writeConcern?: mongo.WriteConcernSettings | undefined;
}

/** Takes or renews a lease for its holder, by the server's clock. @returns whether it has it, from now on for `leaseMs`. */
export async function keepLease(
  store: Store,
  { name, holder, leaseMs, writeConcern = SOON }: LeaseInput,
): Promise<boolean> {
  const leases = toNative(store.leases);
  const until = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } };
  const free = { $or: [{ holder }, { $expr: { $lt: ['$until', '$$NOW'] } }] };
  const keep = () =>
    leases.updateOne({ _id: name, ...free }, [{ $set: { holder: { $literal: holder }, until } }], {
      writeConcern,
    });
  if ((await keep()).matchedCount === 1) return true;
  // No end is further off than this but where the server's clock was set back: a holder that lives renews it by then.
  const bounded = [{ $set: { until: { $min: ['$until', until] } } }];
  if ((await leases.updateOne({ _id: name }, bounded, { writeConcern: SOON })).matchedCount === 1)
    return false;
  await leases.insertOne({ _id: name, holder: '', until: new Date(0) }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
  });
  return (await keep()).matchedCount === 1;
}

/** Gives a lease back, if this holder has it, so that another need not wait for its end. */
export async function releaseLease(
  store: Store,
  { name, holder }: Pick<LeaseInput, 'name' | 'holder'>,
): Promise<void> {
  await toNative(store.leases).updateOne(
    { _id: name, holder },
    { $set: { until: new Date(0) } },
    { writeConcern: SOON },
  );
}
