import { setTimeout as delay } from 'node:timers/promises';
import { now } from './now.ts';

export interface Sent {
  /** From when each was due until its answer, in milliseconds, in order of sending. */
  ms: number[];
  failed: number;
  /** Answers a second, until the last one was there. */
  perSecond: number;
}

/**
 * Sends at a constant rate whatever becomes of what was sent before. The time of each counts from when it was due, so
 * that whoever holds up the sender is not spared what piles up behind it.
 */
export async function sendAtRate(
  send: (number: number) => Promise<boolean>,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Sent> {
  const count = Math.round(perSecond * seconds);
  const ms: number[] = Array.from({ length: count });
  const pending: Promise<void>[] = [];
  let failed = 0;
  const startedAt = now();
  while (pending.length < count) {
    const due = Math.min(count, Math.floor(((now() - startedAt) / 1_000) * perSecond) + 1);
    while (pending.length < due) {
      const number = pending.length;
      const dueAt = startedAt + (number / perSecond) * 1_000;
      const sent = send(number).catch(() => false);
      pending.push(
        sent.then((isGood) => {
          ms[number] = now() - dueAt;
          if (!isGood) failed += 1;
        }),
      );
    }
    await delay(1);
  }
  await Promise.all(pending);
  return { ms, failed, perSecond: count / ((now() - startedAt) / 1_000) };
}
