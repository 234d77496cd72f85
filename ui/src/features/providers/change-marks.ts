import type { AuditRow } from '@understudy/shared/contracts/audit';
import { toActionVerb } from '../../format/audit.ts';
import { toFieldChanges } from '../../format/field-changes.ts';

/** A change by an operator, as a chart marks it. */
export interface ChangeMark {
  id: string;
  at: string;
  text: string;
}

const IGNORED = new Set(['updatedAt', 'version', 'status']);
const MAX_FIELDS = 3;

/** Changes in words: what was set to what, by whom. */
export function toDetailedChangeMarks(rows: readonly AuditRow[]): ChangeMark[] {
  return rows.map((row) => {
    const { id, at, actor, target, before, after } = row;
    const fields = before && after ? toFieldChanges(before, after) : [];
    const words = fields
      .filter(({ path }) => !IGNORED.has(path.split('/')[0] ?? ''))
      .map((field) => `${toName(field.path)} ${toText(field.before)} → ${toText(field.after)}`);
    const more = words.length > MAX_FIELDS ? ` and ${words.length - MAX_FIELDS} more` : '';
    const what = words.length > 0 ? words.slice(0, MAX_FIELDS).join(', ') + more : toActionVerb(row);
    return { id, at, text: `${target.kind === 'config' ? 'all providers: ' : ''}${what} (${actor.name})` };
  });
}

/** `configuration/monthlyBudgetUsd` as `monthlyBudgetUsd`. */
function toName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'object' ? '…' : String(value);
}
