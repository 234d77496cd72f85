import { endSession as removeSession } from '@understudy/shared/store/sessions/sessions';
import type { Context } from '../../context.ts';

/** Ends the session of a cookie's value, here at once and in every process within half a second. */
export async function endSession(ctx: Context, value: string): Promise<void> {
  await removeSession(ctx.store, value);
  ctx.sessions.forget(value);
}
