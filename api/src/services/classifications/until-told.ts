import { setTimeout as delay } from 'node:timers/promises';
import { findAnnouncements } from '@understudy/shared/store/jobs/announcements';
import type { Context } from '../../context.ts';
import { tellEnds } from './follow-ends.ts';

const TIMEOUT_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * Has the ends of these jobs told before they are forgotten by a retry, and waits for that, a second at most.
 * @returns whether they all are; without Redis or workers they are not.
 */
export async function untilTold(ctx: Context, jobIds: readonly string[]): Promise<boolean> {
  if (ctx.epoch.current() === null) return false;
  try {
    await tellEnds(ctx, jobIds);
  } catch {
    return false;
  }
  const endsAt = ctx.clock.monotonic() + TIMEOUT_MS;
  while (ctx.clock.monotonic() < endsAt) {
    if ((await findAnnouncements(ctx.store, jobIds)).length === 0) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}
