import type { Logger } from '@understudy/shared/runtime/logger';
import type { FleetRecords } from './records.ts';
import type { Correction } from './to-limits.ts';

/** What a month came to so far by the ledger, in nano-dollars, and which correction is in it. */
export type ReadMonth = (
  providerId: string,
  month: string,
) => Promise<{ costNanoUsd: number; correction: Correction | null }>;

/** Reads what was spent in a month from the ledger, where the fleet's record does not know. */
export interface MonthStarter {
  /** Has it read; until then the provider takes nothing. */
  start(providerId: string, month: string): void;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

export function createMonthStarter(options: {
  records: FleetRecords;
  /** What the ledger says was spent, and what is under way by its bound; nano-dollars. */
  readSpent: ReadMonth;
  logger: Logger;
}): MonthStarter {
  const { records, readSpent, logger } = options;
  const reading = new Map<string, Promise<void>>();

  async function read(providerId: string, month: string) {
    try {
      await records.run('startMonth', providerId, await readSpent(providerId, month), month);
    } catch (err) {
      logger.warn({ err, providerId }, 'what was spent could not be read');
    }
  }

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
