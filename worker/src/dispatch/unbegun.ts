import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { Ledger } from '@understudy/shared/store/ledger';
import { toUnmadeEnd } from './attempt-end.ts';
import type { UsageSink } from './usage-sink.ts';

const EVERY_MS = 1_000;
const MAX_REMEMBERED = 10_000;
/** How long after the ledger first answered again a late insert may still arrive from a connection's buffer. */
const LATE_MS = 60_000;
const END = toUnmadeEnd('The ledger did not take it in time, and no call was made.', 0);

interface Remembered {
  attempt: AttemptDocument;
  /** Since when the ledger answers again, on the monotonic clock; null before it did. */
  answeredAt: number | null;
}

export interface Unbegun extends Service {
  /** Remembers an attempt whose call is not made; beyond 10,000 the oldest is forgotten. */
  remember(attempt: AttemptDocument): void;
  /** Looks for each once. @throws where the ledger is away. */
  runOnce(): Promise<void>;
}

/**
 * Settles as free the attempts that reached the ledger although it did not confirm them in time: their calls were never
 * made, which nobody but this process knows. Upkeep would take each for a call that its worker died over, and may have
 * been billed.
 */
export function createUnbegun(options: {
  ledger: Pick<Ledger, 'settleAttempt'>;
  usage: UsageSink;
  clock: Clock;
  logger: Logger;
}): Unbegun {
  const { ledger, usage, clock, logger } = options;
  const remembered = new Map<string, Remembered>();

  async function runOnce() {
    await Promise.all([...remembered].map(settle));
  }

  async function settle([attemptId, { attempt, answeredAt }]: [string, Remembered]) {
    const isSettled = await ledger.settleAttempt({ attemptId, end: END });
    const now = clock.monotonic();
    if (isSettled) usage.add({ ...attempt, ...END, settledAt: new Date(clock.now()) });
    if (isSettled || now - (answeredAt ?? now) > LATE_MS) remembered.delete(attemptId);
    else remembered.set(attemptId, { attempt, answeredAt: answeredAt ?? now });
  }

  return {
    ...createPeriodicService({ name: 'unbegun', intervalMs: EVERY_MS, runOnce, logger }),
    runOnce,
    remember(attempt) {
      setBounded(remembered, attempt._id, { attempt, answeredAt: null }, MAX_REMEMBERED);
    },
  };
}
