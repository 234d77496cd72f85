import { NewerLedgerError } from '../../errors.ts';
import type { Store } from '../connect.ts';
import { withLease } from '../leases/with-lease.ts';
import type { Migration } from './migration.ts';
import { initial } from './001-initial.ts';
import { failovers } from './002-failovers.ts';
import { waitingJobs } from './003-waiting-jobs.ts';
import { retention } from './004-retention.ts';
import { batches } from './005-batches.ts';
import { webhooks } from './006-webhooks.ts';
import { jobStats } from './007-job-stats.ts';
import { webhookTurns } from './008-webhook-turns.ts';
import { jobOutcomes } from './009-job-outcomes.ts';
import { answerStats } from './010-answer-stats.ts';
import { usageDays } from './011-usage-days.ts';
import { usageAndAudit } from './012-usage-and-audit.ts';
import { evaluations } from './013-evaluations.ts';
import { alerts } from './014-alerts.ts';
import { longQueued } from './015-long-queued.ts';
import { drills } from './016-drills.ts';
import { keyVersions } from './017-key-versions.ts';
import { rareRows } from './018-rare-rows.ts';

const MIGRATIONS: Migration[] = [
  initial,
  failovers,
  waitingJobs,
  retention,
  batches,
  webhooks,
  jobStats,
  webhookTurns,
  jobOutcomes,
  answerStats,
  usageDays,
  usageAndAudit,
  evaluations,
  alerts,
  longQueued,
  drills,
  keyVersions,
  rareRows,
];
const NEWEST = Math.max(...MIGRATIONS.map(({ number }) => number));
/** Two at once could do harm, and an index over many jobs takes long. */
const LEASE = {
  name: 'migrations',
  leaseMs: 60_000,
  isRenewed: true,
  writeConcern: { w: 'majority' },
} as const;
const POLL_MS = 100;

/** Each migration and when it ran here, or null. */
export async function migrationStatus(
  store: Store,
): Promise<{ number: number; name: string; appliedAt: Date | null }[]> {
  const applied = await store.migrations.find().lean();
  const appliedAt = new Map(applied.map((record) => [record._id, record.appliedAt]));
  return MIGRATIONS.map(({ number, name }) => ({ number, name, appliedAt: appliedAt.get(number) ?? null }));
}

/**
 * Runs what has not run here, once in the fleet; whoever comes second waits until the first is done.
 * @throws {NewerLedgerError}; the signal's reason, between two migrations.
 */
export async function runMigrations(store: Store, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const records = await store.migrations.find().lean();
    const newer = records.filter(({ _id }) => _id > NEWEST);
    if (newer.length > 0) throw new NewerLedgerError(NEWEST, newer.length);
    const applied = new Set(records.map(({ _id }) => _id));
    const next = MIGRATIONS.find(({ number }) => !applied.has(number));
    if (!next) return;
    const migrate = async () => {
      if (await store.migrations.exists({ _id: next.number })) return;
      await next.up(store);
      await store.migrations.create({ _id: next.number, name: next.name, appliedAt: new Date() });
    };
    const ran = await withLease(store, LEASE, migrate);
    if (!ran) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
