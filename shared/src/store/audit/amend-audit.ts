import type { Store } from '../connect.ts';
import type { ClientSession } from '../transaction.ts';
import type { AuditDocument } from './model.ts';

/** Has the row of an action that goes on, and is not answered yet, tell of its next step, in that step's transaction. */
export async function amendAudit(
  store: Store,
  id: string,
  { before, after }: Pick<AuditDocument, 'before' | 'after'>,
  session: ClientSession,
): Promise<void> {
  await store.audit.updateOne({ _id: id }, { before, after }, { session });
}
