import { coversScope } from '@understudy/shared/contracts/session';
import type { AuditDocument } from '@understudy/shared/store/audit/model';
import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import { inTransaction } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { toAuditRow, type Change } from '../audit.ts';

/**
 * Has an operator's action on jobs on record. What an upstream system, which has no scope for providers, does to its own
 * jobs is no change of an operator's.
 */
export async function noteAction(
  { store }: Context,
  change: Change,
  row: Pick<AuditDocument, 'action' | 'target' | 'before' | 'after'>,
): Promise<void> {
  if (!coversScope(change.viewer.scopes, 'providers:read')) return;
  await inTransaction(store, (session) => writeAudit(store, toAuditRow(change, row), session));
}

export function toJobTarget(id: string): AuditDocument['target'] {
  return { kind: 'job', id, name: id };
}
