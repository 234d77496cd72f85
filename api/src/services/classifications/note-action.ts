import { coversScope } from '@understudy/shared/contracts/scope';
import type { AuditDocument } from '@understudy/shared/store/audit/model';
import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import { inTransaction, type Alongside } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { toAuditRow, type Change } from '../audit.ts';

type Action = Pick<AuditDocument, 'action' | 'target' | 'before' | 'after'>;

/**
 * The audit row of an operator's action on jobs. What an upstream system, which has no scope for providers, does to its own
 * jobs is no change of an operator's: null.
 */
export function toActionRow(change: Change, action: Action): ReturnType<typeof toAuditRow> | null {
  return coversScope(change.viewer.scopes, 'providers:read') ? toAuditRow(change, action) : null;
}

/** The audit row of an operator's action, to be written in its transaction; undefined where there is none. */
export function toNote({ store }: Context, change: Change, action: Action): Alongside | undefined {
  const row = toActionRow(change, action);
  return row ? (session) => writeAudit(store, row, session) : undefined;
}

/** The same of an action that is no one transaction: before it is begun, so that none escapes that is broken off. */
export async function noteAction(ctx: Context, change: Change, action: Action): Promise<void> {
  const note = toNote(ctx, change, action);
  if (note) await inTransaction(ctx.store, note);
}

export function toJobTarget(id: string): AuditDocument['target'] {
  return { kind: 'job', id, name: id };
}
