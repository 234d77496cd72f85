import type { RepriceInput, RepriceResult } from '@understudy/shared/contracts/reprice';
import { ValidationError } from '@understudy/shared/errors';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import { toPriceVersion } from '@understudy/shared/store/usage/price-override';
import type { RepricePlace } from '@understudy/shared/store/usage/reprice-attempts';
import type { Context } from '../../context.ts';
import { fromTimedCursor, toTimedCursor } from '../../http/cursor.ts';
import type { Change } from '../audit/audit-change.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { refreshCaches } from '../refresh-caches.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import { lookAtStep, writeStep, type RepriceProgress, type Repricing } from './reprice-step.ts';
import { EMPTY_SUM, toRepriced } from './reprice-sum.ts';

interface RepriceCall extends Change {
  idOrName: string;
  input: RepriceInput;
  signal: AbortSignal;
}

/** What is not done by then is left to the next call. */
const BUDGET_MS = 20_000;

/**
 * Prices the settled attempts of a range again, by the provider's own price as it is when the call begins: some hundreds at
 * a time, each step in one transaction with usage, the jobs' sums, the month's spend and the audit row. Safe to repeat.
 * @throws {NotFoundError}; {ValidationError} where the provider has no price of its own; {AppError} `invalid_cursor`;
 * {StoreUnavailableError} where a step is not confirmed: those before it are done.
 */
export async function repriceAttempts(
  ctx: Context,
  { idOrName, input, signal, ...change }: RepriceCall,
): Promise<RepriceResult> {
  const place = input.cursor === undefined ? null : fromCursor(input.cursor);
  const provider = providerOrNotFound(await inStoreTime(findProvider(ctx.store, idOrName)));
  const repricing = toRepricing(provider, input, ctx.clock.now());
  const endsAt = ctx.clock.monotonic() + BUDGET_MS;
  let progress: RepriceProgress = { place, sum: EMPTY_SUM, auditId: null };
  do {
    const step = input.dryRun
      ? lookAtStep(ctx, repricing, progress)
      : writeStep(ctx, change, repricing, progress);
    progress = await inStoreTime(step);
  } while (progress.place && ctx.clock.monotonic() < endsAt && ctx.isAccepting() && !signal.aborted);
  if (progress.auditId !== null) await refreshCaches(ctx);
  return {
    ...toRepriced(progress.sum),
    model: repricing.model,
    priceVersion: toPriceVersion(repricing.price),
    dryRun: input.dryRun,
    nextCursor: progress.place && toTimedCursor(progress.place.settledAt, progress.place.attemptId),
  };
}

function fromCursor(cursor: string): RepricePlace {
  const { at: settledAt, id: attemptId } = fromTimedCursor(cursor, 'att');
  return { settledAt, attemptId };
}

/** @throws {ValidationError} where the provider has no price of its own. */
function toRepricing(provider: ProviderDocument, { from, to, model }: RepriceInput, now: number): Repricing {
  const { configuration } = provider;
  if (!('price' in configuration) || configuration.price === null) {
    const detail = 'cannot be done: the provider has no price of its own; set configuration.price first';
    throw new ValidationError([{ pointer: '', detail, code: 'no_price' }]);
  }
  const { price } = configuration;
  return { provider, model: model ?? configuration.model, price, from, to: to ?? new Date(now) };
}
