import { toSessionName } from '@understudy/shared/store/sessions/sessions';
import type { Context } from '../../context.ts';
import { auditAlone, type Change } from '../audit/audit-change.ts';

/**
 * Has on record who signed in or out. Logins that failed are not: anybody can make them without end, and rows are kept
 * for ever.
 */
export async function noteSession(
  ctx: Context,
  change: Change,
  value: string,
  { action, before = null, after = null }: { action: string; before?: object | null; after?: object | null },
): Promise<void> {
  const target = { kind: 'session', id: toSessionName(value), name: change.viewer.actor.name };
  await auditAlone(ctx, change, { action, target, before, after });
}
