import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import { createLateWrites, type LateWrites } from '@understudy/shared/store/late-writes';
import type { Ledger } from '@understudy/shared/store/ledger';
import { toUnmadeEnd } from './attempt-end.ts';
import type { UsageSink } from './usage-sink.ts';

const END = toUnmadeEnd('The ledger did not take it in time, and no call was made.', 0);

/** Remembers attempts whose calls are not made. */
export type Unbegun = LateWrites<AttemptDocument>;

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
  const settle = async (attempt: AttemptDocument, forget: (id: string) => void) => {
    if (!(await ledger.settleAttempt({ attemptId: attempt._id, end: END }))) return;
    forget(attempt._id);
    usage.add({ ...attempt, ...END, settledAt: new Date(clock.now()) });
  };
  return createLateWrites<AttemptDocument>({
    name: 'unbegun',
    async look(attempts, forget) {
      await Promise.all(attempts.map((attempt) => settle(attempt, forget)));
    },
    clock,
    logger,
  });
}
