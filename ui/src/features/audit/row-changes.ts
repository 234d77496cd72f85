import type { AuditRow } from '@understudy/shared/contracts/audit';
import { toFieldChanges, type FieldChange } from '../../format/field-changes.ts';

/** What the service itself counts with every change. */
const IGNORED = new Set(['updatedAt', 'version']);

/** What a change wrote, field by field: of what was made all that it has, of what is gone all that it had. */
export function toRowChanges({ before, after }: Pick<AuditRow, 'before' | 'after'>): FieldChange[] {
  return toFieldChanges(before ?? {}, after ?? {}).filter(
    (change) => !IGNORED.has(change.path) && (change.before ?? change.after ?? null) !== null,
  );
}
