import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { insertAttempt } from '@understudy/shared/store/attempts/insert-attempt';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { Store } from '@understudy/shared/store/connect';
import type { Ledger } from '@understudy/shared/store/ledger';
import { createAttemptRecorder, type AttemptRecorder } from '../dispatch/record.ts';
import type { Unbegun } from '../dispatch/unbegun.ts';
import type { UsageSink } from '../dispatch/usage-sink.ts';

export interface DrillRecorderDeps {
  store: Store;
  ledger: Pick<Ledger, 'settleAttempt'>;
  usage: UsageSink;
  unbegun: Pick<Unbegun, 'remember'>;
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
  const isSick = ({ provider }: AttemptDocument) => provider.id === sickId;
  const recorder = createAttemptRecorder({
    ...deps,
    purpose: 'drill',
    ledger: {
      async beginAttempt({ attempt }) {
        // What an attempt reserved is what it costs where its worker dies over it.
        await insertAttempt(store, isSick(attempt) ? { ...attempt, reservedNanoUsd: 0 } : attempt);
        return true;
      },
      settleAttempt: ledger.settleAttempt,
    },
  });
  return {
    begin: recorder.begin,
    async settle(attempt, end) {
      await recorder.settle(attempt, isSick(attempt) ? { ...end, ...NOTHING_SENT } : end);
    },
  };
}
