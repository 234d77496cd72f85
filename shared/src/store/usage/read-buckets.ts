import { inTime } from '../../runtime/in-time.ts';
import { StoreUnavailableError } from '../../errors.ts';
import { STORE_TIMEOUT_MS, type Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { UsageBucketDocument } from './model.ts';
import type { UsageSpan } from './to-usage-range.ts';

/** Which buckets are read; an absent part narrows nothing. */
export interface UsageFilter {
  providerId?: string | undefined;
  model?: string | undefined;
  client?: string | undefined;
}

const BATCH = 1_000;

/**
 * The buckets of a span, of every purpose, in order of time, some at a time: years of them pass through the memory of one
 * batch. @throws {StoreUnavailableError} where a batch does not come within 3 s.
 */
export async function* readBuckets(
  store: Store,
  { providerId, model, client }: UsageFilter,
  { from, to }: Pick<UsageSpan, 'from' | 'to'>,
): AsyncGenerator<UsageBucketDocument[]> {
  const named = Object.entries({ providerId, model, client }).filter(([, value]) => value !== undefined);
  const cursor = toNative(store.usageBuckets)
    .find({ ...Object.fromEntries(named), at: { $gte: from, $lt: to } })
    .sort({ at: 1 })
    .batchSize(BATCH);
  const toError = () => new StoreUnavailableError(new Error('Usage was not read in time'));
  try {
    for (;;) {
      const first = await inTime(cursor.next(), STORE_TIMEOUT_MS, toError);
      if (first === null) return;
      yield [first, ...cursor.readBufferedDocuments()];
    }
  } finally {
    await cursor.close().catch(() => {});
  }
}
