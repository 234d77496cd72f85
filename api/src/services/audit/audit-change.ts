import type { AuditDocument } from '@understudy/shared/store/audit/model';
import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import { inTransaction, type ClientSession } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';

/** Who changes something, and by which request; every verb that writes takes it. */
export interface Change {
  viewer: Viewer;
  requestId: string;
}

/** What was changed, and how. Secrets must be masked in `before` and `after`. */
export type AuditEntry = Pick<AuditDocument, 'action' | 'target' | 'before' | 'after'>;

/** An audit row of a change. */
export function toAuditRow(
  { viewer, requestId }: Change,
  entry: AuditEntry,
): Omit<AuditDocument, '_id' | 'at'> {
  return { actor: viewer.actor, requestId, ...entry };
}

/** Writes the audit row of a change, in its transaction. @returns the row's id. */
export function auditChange(
  { store }: Pick<Context, 'store'>,
  change: Change,
  entry: AuditEntry,
  session: ClientSession,
): Promise<string> {
  return writeAudit(store, toAuditRow(change, entry), session);
}

/** Writes an audit row in a transaction of its own, before a change that takes several: one that is cut short is on record. */
export async function auditAlone(
  ctx: Pick<Context, 'store'>,
  change: Change,
  entry: AuditEntry,
): Promise<void> {
  await inTransaction(ctx.store, (session) => auditChange(ctx, change, entry, session));
}
