import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { FleetRecords } from './records.ts';
import { SETTLE_SLACK_MS, type Correction } from './to-limits.ts';

/** What a month came to so far by the ledger. */
export interface LedgerMonth {
  spentNanoUsd: number;
  /** Which correction is in it. */
  correction: Correction | null;
  /** The calls under way: what each may cost at most, and when it is over whatever happens. */
  pending: { call: string; boundNanoUsd: number; limitAt: Date }[];
  /** Those of the calls asked for that have ended: what they cost is spent. */
  settled: string[];
}

/** Reads a month from the ledger, and which of these calls have ended. */
export type ReadMonth = (providerId: string, month: string, calls: readonly string[]) => Promise<LedgerMonth>;

/** Reads what was spent in a month from the ledger, where the fleet's record does not know. */
export interface MonthStarter {
  /** Has it read; until then the provider takes nothing. */
  start(providerId: string, month: string): void;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

export function createMonthStarter(options: {
  records: FleetRecords;
  readMonth: ReadMonth;
  clock: Clock;
  logger: Logger;
}): MonthStarter {
  const { records, readMonth, clock, logger } = options;
  const reading = new Map<string, Promise<void>>();

  async function read(providerId: string, month: string) {
    try {
      // Nothing is reserved meanwhile, unless another one begins the month: as long as the spend is unknown nobody is admitted.
      const [calls, begun] = (await records.run('reserved', providerId, {}, month)) as [string[], string];
      const { pending, ...known } = await readMonth(providerId, month, calls);
      const reserved = pending.map(({ limitAt, ...call }) => ({ ...call, leaseMs: toLeaseMs(limitAt) }));
      await records.run('startMonth', providerId, { ...known, begun, pending: reserved }, month);
    } catch (err) {
      logger.warn({ err, providerId }, 'what was spent could not be read');
    }
  }

  /** The time to begin is in `limitAt`. */
  const toLeaseMs = (limitAt: Date) => Math.max(0, limitAt.getTime() - clock.now()) + SETTLE_SLACK_MS;

  return {
    start(providerId, month) {
      const key = `${providerId} ${month}`;
      if (!reading.has(key))
        reading.set(
          key,
          read(providerId, month).finally(() => reading.delete(key)),
        );
    },
    async idle() {
      await Promise.all(reading.values());
    },
  };
}
