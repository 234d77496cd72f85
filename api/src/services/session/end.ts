import { endSession as removeSession } from '@understudy/shared/store/sessions/sessions';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { noteSession } from './note.ts';

/** Ends the session of a cookie's value, here at once and in every process within half a second. */
export async function endSession(
  ctx: Context,
  { value, ...change }: Change & { value: string },
): Promise<void> {
  const ended = await removeSession(ctx.store, value);
  ctx.sessions.forget(value);
  if (!ended) return;
  const { name, client, scopes, expiresAt } = ended;
  const before = { name, client, scopes, expiresAt: expiresAt.toISOString() };
  await noteSession(ctx, change, value, { action: 'session.ended', before });
}
