import type { AuditRow } from '@understudy/shared/contracts/audit';
import { isFields } from '../../format/is-fields.ts';

type Fields = Record<string, unknown>;

/** What the service itself keeps; nobody sets it. */
const KEPT = new Set([
  'id',
  'createdAt',
  'updatedAt',
  'version',
  'status',
  'client',
  'apiKeyLast4',
  'hasApiKey',
  'flagged',
  'secrets',
]);
/** How what was changed is written again. */
const PATHS: Readonly<Record<string, (id: string) => string>> = {
  provider: (id) => `/api/providers/${encodeURIComponent(id)}`,
  webhook: (id) => `/api/webhooks/${encodeURIComponent(id)}`,
};

export interface Restore {
  method: 'PATCH' | 'POST' | 'PUT';
  path: string;
  body: Fields;
}

/**
 * The request that puts back what a change took away, null where there is none: of an update the fields that it wrote,
 * as they were before; a classifier whole, also one that was deleted. Secrets are not on the log and do not come back.
 */
export function toRestore({ action, target, before, after }: AuditRow): Restore | null {
  if (!isFields(before)) return null;
  if (target.kind === 'classifier') return toDefinition(target.name, before, after === null);
  if (!/\.updated$|\.disabled$/.test(action) || !isFields(after)) return null;
  const body = toPart(before, after);
  if (Object.keys(body).length === 0) return null;
  if (target.kind === 'config') return { method: 'POST', path: '/api/providers/config', body };
  const path = PATHS[target.kind];
  return path ? { method: 'PATCH', path: path(target.id), body } : null;
}

function toDefinition(name: string, before: Fields, isDeleted: boolean): Restore | null {
  const { labels, instructions, multiLabel, threshold } = before;
  // The log has no large definition; the version has it.
  if (labels === undefined) return null;
  const body = { labels, instructions, multiLabel, threshold };
  if (isDeleted) return { method: 'POST', path: '/api/classifiers', body: { name, ...body } };
  return { method: 'PUT', path: `/api/classifiers/${encodeURIComponent(name)}`, body };
}

/** The fields of `before` that `after` has otherwise, nested, without what nobody sets. */
function toPart(before: Fields, after: Fields): Fields {
  return Object.fromEntries(
    Object.entries(before).flatMap(([key, was]) => {
      const is = after[key];
      if (KEPT.has(key) || JSON.stringify(was) === JSON.stringify(is)) return [];
      return [[key, isFields(was) && isFields(is) ? toPart(was, is) : was]];
    }),
  );
}
