import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import type { Ledger } from '@understudy/shared/store/ledger';
import { createAttemptRecorder, type AttemptRecorder, type UsageSink } from '../dispatch/record.ts';

export interface DrillRecorderDeps {
  store: Store;
  ledger: Pick<Ledger, 'settleAttempt'>;
  usage: UsageSink;
  clock: Clock;
  logger: Logger;
}

/** What nothing was sent for costs nothing, however it ended. */
const NOTHING_SENT = {
  inputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  pricing: 'free',
  priceVersion: null,
} as const;

/** Puts the attempts of a drill on record, under their own purpose and no job's claim. */
export function createDrillRecorder(deps: DrillRecorderDeps, sickId: string): AttemptRecorder {
  const { store, ledger } = deps;
  const recorder = createAttemptRecorder({
    ...deps,
    purpose: 'drill',
    ledger: {
      async beginAttempt({ attempt }) {
        // Of one whose worker dies over it no more is known than that.
        const isSick = attempt.provider.id === sickId;
        await store.attempts.create(isSick ? { ...attempt, reservedNanoUsd: 0 } : attempt);
        return true;
      },
      settleAttempt: ledger.settleAttempt,
    },
  });
  return {
    begin: recorder.begin,
    async settle(attempt, end) {
      const isSick = attempt.provider.id === sickId;
      await recorder.settle(attempt, isSick ? { ...end, ...NOTHING_SENT } : end);
    },
  };
}
