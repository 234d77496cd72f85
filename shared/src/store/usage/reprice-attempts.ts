import type { AttemptEnd } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { rescoreEvaluations } from '../evaluations/rescore-evaluations.ts';
import { sumUpJobs } from '../jobs/refresh-usage.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import { addIncrements } from './add-increments.ts';
import { toCorrections, type SettledAttempt } from './bucket.ts';
import { priceByOverride, type PriceOverride } from './price-override.ts';

/** Attempts of one transaction, which must land within the 3 s that the ledger has. */
const BATCH_SIZE = 200;

/** So many are looked at in it, of whatever model: behind a change of models it may be long to the first. */
const LOOK = 2_000;

/** A place in the attempts of a provider, in the order in which they were settled. */
export interface RepricePlace {
  settledAt: Date;
  attemptId: string;
}

export interface RepriceRange {
  providerId: string;
  model: string;
  /** On `settledAt`: `from` inclusive, `to` exclusive. */
  from: Date;
  to: Date;
  after: RepricePlace | null;
}

/** One attempt of the range, and what it comes to; the same where it is left as it is. */
export interface RepricedAttempt {
  before: SettledAttempt;
  after: SettledAttempt;
  /** Why it is left though its price is another: nobody knows its tokens, or its job is being worked on. */
  left: 'tokens_unknown' | 'under_way' | null;
}

/** Looks at the next attempts of a range and says what they would come to at a price. */
export async function findRepriced(
  store: Store,
  range: RepriceRange,
  price: PriceOverride,
  session: ClientSession,
): Promise<{ attempts: RepricedAttempt[]; last: RepricePlace | null }> {
  const { providerId, model, from, to, after } = range;
  const beyond = after && {
    $or: [
      { settledAt: { $gt: after.settledAt } },
      { settledAt: after.settledAt, _id: { $gt: after.attemptId } },
    ],
  };
  const start = after && after.settledAt > from ? after.settledAt : from;
  const attempts = toNative(store.attempts);
  const order = { settledAt: 1, _id: 1 } as const;
  const looked = await attempts
    .find(
      { 'provider.id': providerId, settledAt: { $gte: start, $lt: to }, ...beyond },
      { session, projection: { settledAt: 1, 'provider.model': 1 }, sort: order, limit: LOOK },
    )
    .toArray();
  const chosen = looked.filter(({ provider }) => provider.model === model).slice(0, BATCH_SIZE);
  const ids = chosen.map(({ _id }) => _id);
  const found = (await attempts
    .find({ _id: { $in: ids } }, { session, sort: order })
    .toArray()) as unknown as SettledAttempt[];
  const held = await findHeldJobs(store, found, session);
  const last = chosen.length === BATCH_SIZE ? chosen.at(-1) : looked.length === LOOK ? looked.at(-1) : null;
  return {
    attempts: found.map((attempt) => reprice(attempt, price, held)),
    last: last?.settledAt ? { settledAt: last.settledAt, attemptId: last._id } : null,
  };
}

/**
 * Writes what `findRepriced` found, in its transaction: the attempts with how they were priced at first, what usage has of
 * them, and the sums of their jobs and evaluations. One that is being counted meanwhile makes one of the two begin again.
 */
export async function writeRepriced(
  store: Store,
  attempts: readonly RepricedAttempt[],
  at: Date,
  session: ClientSession,
): Promise<void> {
  const changed = attempts.filter(isChanged);
  if (changed.length === 0) return;
  await updateEach(
    store.attempts,
    changed.map(({ before, after: { costNanoUsd, pricing, priceVersion } }) => {
      const repriced = { at, from: before.repriced?.from ?? toPriced(before) };
      const update = { $set: { costNanoUsd, pricing, priceVersion, repriced } };
      return { filter: { _id: before._id }, update };
    }),
    { session },
  );
  await addIncrements(store, toCorrections(changed.filter(({ before }) => before.counted)), session);
  const jobIds = [...new Set(changed.map(({ before }) => before.jobId))];
  await sumUpJobs(store, jobIds, session);
  await rescoreEvaluations(store, jobIds, session);
}

/** Whether anything of the price is another, be it only its version. */
export function isChanged({ before, after }: RepricedAttempt): boolean {
  return (['costNanoUsd', 'pricing', 'priceVersion'] as const).some((part) => before[part] !== after[part]);
}

function reprice(before: SettledAttempt, price: PriceOverride, held: ReadonlySet<string>): RepricedAttempt {
  // What provably never left, or was refused, cost nothing at any price.
  if (before.pricing === 'free') return { before, after: before, left: null };
  // An estimate, or a call whose tokens nobody told: at no tokens it would seem to have cost nothing.
  if (before.pricing === 'estimated' || before.inputTokens + before.outputTokens === 0)
    return { before, after: before, left: 'tokens_unknown' };
  if (held.has(before.jobId)) return { before, after: before, left: 'under_way' };
  return { before, after: { ...before, ...priceByOverride(price, before) }, left: null };
}

/** Whoever works on a job has its attempts in memory, and would end it by what they cost before. */
async function findHeldJobs(store: Store, attempts: readonly SettledAttempt[], session: ClientSession) {
  const jobIds = [...new Set(attempts.map(({ jobId }) => jobId))];
  const held = await store.jobs
    .find({ _id: { $in: jobIds }, state: 'processing' }, { _id: 1 })
    .session(session)
    .lean();
  return new Set(held.map(({ _id }) => _id));
}

function toPriced({
  costNanoUsd,
  pricing,
  priceVersion,
}: SettledAttempt): Pick<AttemptEnd, 'costNanoUsd' | 'pricing' | 'priceVersion'> {
  return { costNanoUsd, pricing, priceVersion };
}
