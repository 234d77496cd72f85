import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { AttemptDocument, AttemptEnd, AttemptPurpose } from '@understudy/shared/store/attempts/model';
import type { Ledger } from '@understudy/shared/store/ledger';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { BEGIN_SLACK_MS } from './deadline.ts';
import type { UpperBound } from './upper-bound.ts';
import type { Unbegun } from './unbegun.ts';
import type { UsageSink } from './usage-sink.ts';
import { LEDGER_WAIT_MS, untilStored } from '../until-stored.ts';

interface BeginInput {
  id: string;
  jobId: string;
  client: string;
  /** The fence: of the claim that the job is held by. */
  claimToken: string;
  /** Place in the job's attempts over all its dispatches, from 1. */
  number: number;
  pooled: PooledProvider;
  circuit: CircuitState;
  limitMs: number;
  bound: UpperBound;
  /** Whether it is started beside an attempt that has not answered. */
  hedge: boolean;
  /** Whether this claim has settled an attempt already. */
  progressed: boolean;
}

/** Puts attempts into the ledger: before the call, and after it. */
export interface AttemptRecorder {
  /** Writes an attempt as pending. Resolves null where the claim is gone: the call must not be made. */
  begin(input: BeginInput, isHeld: () => boolean): Promise<AttemptDocument | null>;
  /** Writes how it ended, whoever holds the job by now, and has it counted. Never throws. */
  settle(attempt: AttemptDocument, end: AttemptEnd): Promise<void>;
}

/** An attempt that cannot be begun within this time is not worth its place in a dispatch. */
const BEGIN_BOUND_MS = 10_000;

interface RecorderOptions {
  /** What the calls are made for; a job where absent. */
  purpose?: AttemptPurpose;
  ledger: Pick<Ledger, 'beginAttempt' | 'settleAttempt'>;
  usage: UsageSink;
  /** Is told of what was not begun, and may be on record all the same. */
  unbegun: Pick<Unbegun, 'remember'>;
  clock: Clock;
  logger: Logger;
}

export function createAttemptRecorder(options: RecorderOptions): AttemptRecorder {
  const { purpose = 'job', ledger, usage, unbegun, clock, logger } = options;
  return {
    async begin(input, isHeld) {
      const { id, jobId, client, claimToken, number, pooled, circuit, limitMs, bound, hedge, progressed } =
        input;
      const startedAt = clock.now();
      const attempt: AttemptDocument = {
        _id: id,
        jobId,
        client,
        purpose,
        claimToken,
        number,
        provider: pooled.reference,
        outcome: 'pending',
        hedge,
        circuit,
        startedAt: new Date(startedAt),
        limitAt: new Date(startedAt + limitMs + BEGIN_SLACK_MS),
        settledAt: null,
        reservedNanoUsd: bound.price.costNanoUsd,
        counted: false,
      };
      let begun = false;
      try {
        begun = await untilStored(() => ledger.beginAttempt({ attempt, progressed }), {
          clock,
          logger,
          boundMs: BEGIN_BOUND_MS,
          what: 'the begin of an attempt',
          isWanted: isHeld,
        });
        return begun ? attempt : null;
      } finally {
        if (!begun) unbegun.remember(attempt);
      }
    },

    async settle(attempt, end) {
      try {
        const written = await untilStored(() => ledger.settleAttempt({ attemptId: attempt._id, end }), {
          clock,
          logger,
          boundMs: LEDGER_WAIT_MS,
          what: 'the end of an attempt',
        });
        if (written) usage.add({ ...attempt, ...end, settledAt: new Date(clock.now()) });
      } catch (err) {
        logger.error(
          { err, attemptId: attempt._id, jobId: attempt.jobId },
          'an attempt could not be settled',
        );
      }
    },
  };
}
