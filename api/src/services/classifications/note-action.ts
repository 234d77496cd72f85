import { coversScope } from '@understudy/shared/contracts/scope';
import type { AuditDocument } from '@understudy/shared/store/audit/model';
import type { Alongside } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { auditAlone, auditChange, toAuditRow, type AuditEntry, type Change } from '../audit/audit-change.ts';

/** What an upstream system, which has no scope for providers, does to its own jobs is no change of an operator's. */
function isOperators({ viewer }: Change): boolean {
  return coversScope(viewer.scopes, 'providers:read');
}

/** The audit row of an operator's action on jobs; null where it is not an operator's. */
export function toActionRow(change: Change, action: AuditEntry): ReturnType<typeof toAuditRow> | null {
  return isOperators(change) ? toAuditRow(change, action) : null;
}

/** The audit row of an operator's action, to be written in its transaction; undefined where there is none. */
export function toNote(ctx: Context, change: Change, action: AuditEntry): Alongside | undefined {
  return isOperators(change) ? (session) => auditChange(ctx, change, action, session) : undefined;
}

/** The same of an action that is no one transaction, before it is begun. */
export async function noteAction(ctx: Context, change: Change, action: AuditEntry): Promise<void> {
  if (isOperators(change)) await auditAlone(ctx, change, action);
}

export function toJobTarget(id: string): AuditDocument['target'] {
  return { kind: 'job', id, name: id };
}
