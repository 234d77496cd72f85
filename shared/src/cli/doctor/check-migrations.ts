import { NewerLedgerError } from '../../errors.ts';
import { migrationStatus } from '../../store/migrations/run-migrations.ts';
import { ofLedger } from './check.ts';
import { fail, ok } from './finding.ts';

const CHECK = 'migrations';

/** Whether the ledger's schema is the one of this version. */
export const checkMigrations = ofLedger(CHECK, async (store) => {
  const migrations = await migrationStatus(store);
  const newest = Math.max(...migrations.map(({ number }) => number));
  const newer = await store.migrations.countDocuments({ _id: { $gt: newest } });
  if (newer > 0) {
    const { found, advice } = new NewerLedgerError(newest, newer);
    return [fail(CHECK, found, advice)];
  }
  const pending = migrations.filter(({ appliedAt }) => appliedAt === null);
  if (pending.length === 0) return [ok(CHECK, `All ${migrations.length} have run.`)];
  const names = pending.map(({ number, name }) => `${String(number).padStart(3, '0')} ${name}`).join(', ');
  return [fail(CHECK, `Not run yet: ${names}.`, 'Run `npx understudy migrate`.')];
});
