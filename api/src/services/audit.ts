import type { AuditDocument } from '@understudy/shared/store/audit/model';
import type { Viewer } from '../http/viewer.ts';

/** Who changes something, and by which request; every verb that writes takes it. */
export interface Change {
  viewer: Viewer;
  requestId: string;
}

/** An audit row of a change. Secrets must be masked in `before` and `after`. */
export function toAuditRow(
  { viewer, requestId }: Change,
  row: Pick<AuditDocument, 'action' | 'target' | 'before' | 'after'>,
): Omit<AuditDocument, '_id' | 'at'> {
  return { actor: viewer.actor, requestId, ...row };
}
