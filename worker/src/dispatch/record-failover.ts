import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { createPendingWork } from '@understudy/shared/runtime/pending-work';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import type { Ledger } from '@understudy/shared/store/ledger';
import { LEDGER_WAIT_MS, untilStored } from '../until-stored.ts';

/** Puts failovers into the ledger, beside the dispatch: neither a switch nor the end of a job waits for it. */
export interface FailoverRecorder {
  /** Has it written soon, together with others, and told once it is on record. */
  record(failover: FailoverDocument): void;
  /** Resolves when everything so far is on record, or given up. */
  flush(): Promise<void>;
  /** The same, without another try where the ledger is away. */
  stop(): Promise<void>;
}

export function createFailoverRecorder(options: {
  ledger: Pick<Ledger, 'insertFailover'>;
  /** Tells of one that is on record. */
  tell: (failover: FailoverDocument) => void;
  /** Told at once. */
  onRecord?: (failover: FailoverDocument) => void;
  clock: Clock;
  logger: Logger;
}): FailoverRecorder {
  const { ledger, tell, onRecord, clock, logger } = options;
  const pending = createPendingWork();
  let stopping = false;

  async function write(failover: FailoverDocument) {
    const bound = { clock, logger, boundMs: LEDGER_WAIT_MS, what: 'a failover', isWanted: () => !stopping };
    try {
      await untilStored(() => ledger.insertFailover(failover), bound);
      tell(failover);
    } catch (err) {
      logger.error({ err, jobId: failover.jobId }, 'a failover could not be recorded');
    }
  }

  return {
    record(failover) {
      onRecord?.(failover);
      pending.add(write(failover));
    },
    flush: pending.flush,
    async stop() {
      stopping = true;
      await pending.flush();
    },
  };
}
