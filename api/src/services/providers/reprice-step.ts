import { amendAudit } from '@understudy/shared/store/audit/amend-audit';
import { correctSpend } from '@understudy/shared/store/providers/correct-spend';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import { inTransaction, type ClientSession } from '@understudy/shared/store/transaction';
import { toPriceVersion, type PriceOverride } from '@understudy/shared/store/usage/price-override';
import {
  findRepriced,
  writeRepriced,
  type RepricedAttempt,
  type RepricePlace,
} from '@understudy/shared/store/usage/reprice-attempts';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import { toMonth } from '@understudy/shared/store/usage/budget';
import type { Context } from '../../context.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import { addRepriced, toRepriced, type RepriceSum } from './reprice-sum.ts';

/** What a call prices, and by what. */
export interface Repricing {
  provider: Pick<ProviderDocument, '_id' | 'name'>;
  model: string;
  price: PriceOverride;
  from: Date;
  to: Date;
}

/** How far a call is: where it goes on, null at the end, and its audit row, once it changed something. */
export interface RepriceProgress {
  place: RepricePlace | null;
  sum: RepriceSum;
  auditId: string | null;
}

/** What the next attempts would come to; nothing is written. */
export async function lookAtStep(
  { store }: Context,
  repricing: Repricing,
  progress: RepriceProgress,
): Promise<RepriceProgress> {
  return inTransaction(
    store,
    async (session) => (await readStep({ store }, repricing, progress, session)).next,
  );
}

/** Prices the next attempts again, with all that is made of their costs, in one transaction. */
export async function writeStep(
  { store, clock }: Context,
  change: Change,
  repricing: Repricing,
  progress: RepriceProgress,
): Promise<RepriceProgress> {
  return inTransaction(store, async (session) => {
    const { attempts, next } = await readStep({ store }, repricing, progress, session);
    if (next.sum.changed === progress.sum.changed) return next;
    const at = new Date(clock.now());
    await writeRepriced(store, attempts, at, session);
    const month = toMonth(at.getTime());
    const nanoUsd = toDifference(attempts, month);
    if (nanoUsd !== 0) {
      const provider = providerOrNotFound(await findProvider(store, repricing.provider._id, session));
      await correctSpend(store, provider, { month, nanoUsd }, session);
      await bumpVersion(store, 'providers', session);
    }
    return { ...next, auditId: await note({ store }, change, repricing, next, session) };
  });
}

/** The next attempts as they would be priced, and how far the call is with them. */
async function readStep(
  { store }: Pick<Context, 'store'>,
  { provider, model, price, from, to }: Repricing,
  progress: RepriceProgress,
  session: ClientSession,
): Promise<{ attempts: RepricedAttempt[]; next: RepriceProgress }> {
  const range = { providerId: provider._id, model, from, to, after: progress.place };
  const { attempts, last } = await findRepriced(store, range, price, session);
  return { attempts, next: { ...progress, place: last, sum: addRepriced(progress.sum, attempts) } };
}

/** By how much the spend of a month changed, in nano-dollars. */
function toDifference(attempts: readonly RepricedAttempt[], month: string): number {
  return attempts
    .filter(({ before }) => before.settledAt.toISOString().startsWith(month))
    .reduce((sum, { before, after }) => sum + (after.costNanoUsd ?? 0) - (before.costNanoUsd ?? 0), 0);
}

/** One row for the whole call, which tells of every step that landed. @returns its id. */
async function note(
  { store }: Pick<Context, 'store'>,
  change: Change,
  { provider, model, price, from, to }: Repricing,
  { sum, auditId }: RepriceProgress,
  session: ClientSession,
): Promise<string> {
  const { matched, changed, left, before, after: cost } = toRepriced(sum);
  const range = { model, from: from.toISOString(), to: to.toISOString() };
  const after = { ...cost, ...range, priceVersion: toPriceVersion(price), matched, changed, left };
  if (auditId !== null) {
    await amendAudit(store, auditId, { before, after }, session);
    return auditId;
  }
  const target = { kind: 'provider', id: provider._id, name: provider.name };
  return auditChange({ store }, change, { action: 'provider.repriced', target, before, after }, session);
}
