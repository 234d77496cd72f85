import { createId } from '@understudy/shared/ids';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { Store } from '@understudy/shared/store/connect';
import { toAttemptEnd } from '../dispatch/attempt-end.ts';
import { callAdapter, type CallOutcome } from '../dispatch/call-adapter.ts';
import type { AttemptRecorder } from '../dispatch/record.ts';
import type { ClassifyRequest } from '../llm/adapter.ts';
import type { PooledProvider } from '../provider-pool.ts';
import { fromFault, type Finding } from './findings.ts';

/** The one tiny text that deep checks have classified; any answer within the labels will do. */
const QUESTION: ClassifyRequest = {
  text: 'The train was late again.',
  labelSet: {
    labels: ['complaint', 'praise'].map((name) => ({ name, description: null, examples: [] })),
    multiLabel: false,
    threshold: null,
    instructions: null,
    cacheKey: null,
  },
  explain: false,
  repair: null,
};

/** No client asked for the check: its usage is told apart by its purpose. */
const CLIENT = 'default';

export interface AskDeepDeps {
  store: Store;
  recorder: Pick<AttemptRecorder, 'settle'>;
  clock: Clock;
}

/**
 * Checks a provider by having it classify one tiny text, at its price. The attempt is on record before the call and
 * after it like any other, with the purpose `health`, which usage keeps apart. Only the limit makes it slow: a good
 * answer may well take a second.
 */
export async function askDeep(
  { store, recorder, clock }: AskDeepDeps,
  pooled: PooledProvider,
  { checkId, limitMs }: { checkId: string; limitMs: number },
): Promise<{ finding: Finding; proven: boolean }> {
  const attempt = await begin(store, pooled, { checkId, limitMs, now: clock.now() });
  const startedAt = clock.monotonic();
  const never = new AbortController().signal;
  const outcome = await callAdapter({ adapter: pooled.adapter, request: QUESTION, limitMs, signal: never });
  const durationMs = Math.round(clock.monotonic() - startedAt);
  const end = toAttemptEnd({
    pooled,
    request: QUESTION,
    outcome,
    startedAt: attempt.startedAt,
    durationMs,
    abortMessage: 'The check was ended.',
  });
  await recorder.settle(attempt, end);
  return { finding: toFinding(outcome, durationMs), proven: outcome.kind === 'answered' };
}

async function begin(
  store: Store,
  pooled: PooledProvider,
  { checkId, limitMs, now }: { checkId: string; limitMs: number; now: number },
): Promise<AttemptDocument> {
  const attempt: AttemptDocument = {
    _id: createId('att'),
    jobId: checkId,
    client: CLIENT,
    purpose: 'health',
    claimToken: checkId,
    // Not 1 where a worker died over this check and another took it up.
    number: 1 + (await store.attempts.countDocuments({ jobId: checkId })),
    provider: pooled.reference,
    outcome: 'pending',
    hedge: false,
    circuit: 'closed',
    startedAt: new Date(now),
    limitAt: new Date(now + limitMs),
    settledAt: null,
    counted: false,
  };
  await store.attempts.create(attempt);
  return attempt;
}

function toFinding(outcome: CallOutcome, responseTimeMs: number): Finding {
  switch (outcome.kind) {
    case 'answered':
      return { status: 'healthy', responseTimeMs, errorMessage: null };
    case 'faulted':
      return fromFault(outcome.fault, responseTimeMs);
    case 'aborted':
    case 'defect':
      return {
        status: 'down',
        responseTimeMs,
        errorMessage: 'The check ended in an error of the service itself.',
      };
  }
}
