import { addByKey } from '../add-by-key.ts';
import type { AttemptDocument, AttemptEnd } from '../attempts/model.ts';
import { toStart } from '../roll-up/buckets.ts';
import { CORRECTIONS_SHARD, USAGE_SHARDS, type UsageBucketDocument } from './model.ts';
import { toBin } from './sketch.ts';

/** An attempt that ended, as the ledger has it. */
export type SettledAttempt = AttemptDocument & AttemptEnd & { settledAt: Date };

type BucketKey = Pick<UsageBucketDocument, 'at' | 'providerId' | 'model' | 'client' | 'purpose' | 'shard'>;

/** What one bucket is to grow by: its key, and increments by field path. */
export interface BucketIncrement {
  _id: string;
  key: BucketKey;
  increments: Record<string, number>;
}

/**
 * What attempts add to the buckets of one shard, an increment per bucket. An attempt belongs to the hour in which it
 * was settled. Its duration counts only where it succeeded: how long a failure took says nothing about an answer.
 */
export function toIncrements(attempts: readonly SettledAttempt[], shard: number): BucketIncrement[] {
  const amounts = attempts.map((attempt) => ({ attempt, amounts: toAmounts(attempt) }));
  return addUp(amounts, shard % USAGE_SHARDS);
}

/** What attempts that are in the buckets and were priced again change there. */
export function toCorrections(
  changes: readonly { before: SettledAttempt; after: SettledAttempt }[],
): BucketIncrement[] {
  const differences = changes.map(({ before, after }) => ({
    attempt: after,
    amounts: subtract(toAmounts(after), toAmounts(before)),
  }));
  return addUp(differences, CORRECTIONS_SHARD);
}

function addUp(
  parts: readonly { attempt: SettledAttempt; amounts: Record<string, number> }[],
  shard: number,
): BucketIncrement[] {
  const buckets = new Map<string, BucketIncrement>();
  for (const { attempt, amounts } of parts) {
    const key = toKey(attempt, shard);
    const _id = toBucketId(key);
    const bucket = buckets.get(_id) ?? { _id, key, increments: {} };
    buckets.set(_id, bucket);
    addByKey(bucket.increments, amounts);
  }
  return [...buckets.values()];
}

/** Every counter, so that the bucket is whole, but of maps only what differs. */
function subtract(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  const paths = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return Object.fromEntries(
    paths
      .map((path) => [path, (after[path] ?? 0) - (before[path] ?? 0)] as const)
      .filter(([path, amount]) => amount !== 0 || !path.includes('.')),
  );
}

function toKey({ settledAt, provider, client, purpose }: SettledAttempt, shard: number): BucketKey {
  return {
    at: toStart('hour', settledAt),
    providerId: provider.id,
    model: provider.model,
    client,
    purpose,
    shard,
  };
}

function toBucketId({ at, providerId, model, client, purpose, shard }: BucketKey): string {
  return [at.toISOString(), providerId, model, client, purpose, shard].join('\n');
}

function toAmounts(attempt: SettledAttempt): Record<string, number> {
  const { outcome, fault, pricing, costNanoUsd, durationMs } = attempt;
  const succeeded = outcome === 'succeeded';
  return {
    requests: 1,
    successes: succeeded ? 1 : 0,
    failures: outcome === 'failed' ? 1 : 0,
    aborted: outcome === 'aborted' ? 1 : 0,
    degraded: succeeded && attempt.provider.type === 'local' ? 1 : 0,
    ...(fault === null ? {} : { [`faults.${fault}`]: 1 }),
    inputTokens: attempt.inputTokens,
    outputTokens: attempt.outputTokens,
    costNanoUsd: costNanoUsd ?? 0,
    estimatedNanoUsd: pricing === 'estimated' ? (costNanoUsd ?? 0) : 0,
    [`pricing.${pricing}`]: 1,
    durationMs: succeeded ? durationMs : 0,
    ...(succeeded ? { [`latency.${toBin(durationMs)}`]: 1 } : {}),
  };
}
