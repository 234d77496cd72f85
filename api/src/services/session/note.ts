import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import { toSessionName } from '@understudy/shared/store/sessions/sessions';
import { inTransaction } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { toAuditRow, type Change } from '../audit.ts';

/**
 * Has on record who signed in or out. Logins that failed are not: anybody can make them without end, and rows are kept
 * for ever.
 */
export async function noteSession(
  { store }: Context,
  change: Change,
  value: string,
  { action, before = null, after = null }: { action: string; before?: object | null; after?: object | null },
): Promise<void> {
  const target = { kind: 'session', id: toSessionName(value), name: change.viewer.actor.name };
  const row = toAuditRow(change, { action, target, before, after });
  await inTransaction(store, (session) => writeAudit(store, row, session));
}
