import { createId } from '@understudy/shared/ids';
import type { Clock } from '@understudy/shared/runtime/clock';
import { insertAttempt, readNextNumber } from '@understudy/shared/store/attempts/insert-attempt';
import type { AttemptDocument, AttemptEnd, AttemptPurpose } from '@understudy/shared/store/attempts/model';
import type { Store } from '@understudy/shared/store/connect';
import type { Admission } from './dispatch/admission/admission.ts';
import { toAttemptEnd } from './dispatch/attempt-end.ts';
import { callAdapter, type CallOutcome } from './dispatch/call-adapter.ts';
import type { AttemptRecorder } from './dispatch/record.ts';
import type { Unbegun } from './dispatch/unbegun.ts';
import { toUpperBound, type UpperBound } from './dispatch/upper-bound.ts';
import type { ClassifyRequest } from './llm/adapter.ts';
import type { PooledProvider } from './providers/provider-pool.ts';

export interface ClassifyTinyDeps {
  store: Store;
  recorder: Pick<AttemptRecorder, 'settle'>;
  admission: Pick<Admission, 'charge'>;
  unbegun: Pick<Unbegun, 'remember'>;
  clock: Clock;
}

interface TinyCall {
  purpose: Exclude<AttemptPurpose, 'job'>;
  /** The test or check that it is made for. */
  ownerId: string;
  limitMs: number;
}

/** Any answer within the labels will do. */
const QUESTION: ClassifyRequest = {
  text: 'Thank you, that was quick and friendly.',
  labelSet: {
    labels: ['praise', 'complaint'].map((name) => ({ name, description: null, examples: [] })),
    multiLabel: false,
    threshold: null,
    instructions: null,
    cacheKey: null,
  },
  explain: false,
  repair: null,
};
/** No client asked for it: its usage is told apart by its purpose. */
const CLIENT = 'default';

/** What came of it, and what that cost. */
export interface TinyAnswer {
  outcome: CallOutcome;
  durationMs: number;
  end: AttemptEnd;
}

/** Has a provider classify one tiny text, past every gate and on no record. */
export async function askTiny(
  { clock }: Pick<ClassifyTinyDeps, 'clock'>,
  pooled: PooledProvider,
  { limitMs, ...known }: { limitMs: number; startedAt?: Date; bound?: UpperBound },
): Promise<TinyAnswer> {
  const { startedAt = new Date(clock.now()) } = known;
  const { bound = toUpperBound(pooled, QUESTION, startedAt) } = known;
  const startedMs = clock.monotonic();
  const { signal } = new AbortController();
  const outcome = await callAdapter({ adapter: pooled.adapter, request: QUESTION, limitMs, signal });
  const durationMs = Math.round(clock.monotonic() - startedMs);
  const end = toAttemptEnd({ pooled, bound, outcome, startedAt, durationMs, abortMessage: '' });
  return { outcome, durationMs, end };
}

/**
 * Has a provider classify one tiny text, past every gate: real traffic's circuit and limits see nothing of it. It is on
 * record before the call and after it, counts in usage under its purpose, and in the provider's budget.
 */
export async function classifyTiny(
  deps: ClassifyTinyDeps,
  pooled: PooledProvider,
  call: TinyCall,
): Promise<TinyAnswer> {
  const { store, recorder, admission, unbegun, clock } = deps;
  const startedAt = new Date(clock.now());
  const bound = toUpperBound(pooled, QUESTION, startedAt);
  const attempt: AttemptDocument = {
    _id: createId('att'),
    jobId: call.ownerId,
    client: CLIENT,
    purpose: call.purpose,
    claimToken: call.ownerId,
    number: await readNextNumber(store, call.ownerId),
    provider: pooled.reference,
    outcome: 'pending',
    hedge: false,
    circuit: 'closed',
    startedAt,
    limitAt: new Date(startedAt.getTime() + call.limitMs),
    settledAt: null,
    reservedNanoUsd: bound.price.costNanoUsd,
    counted: false,
  };
  try {
    await insertAttempt(store, attempt);
  } catch (err) {
    unbegun.remember(attempt);
    throw err;
  }

  const answer = await askTiny(deps, pooled, { limitMs: call.limitMs, startedAt, bound });
  const { costNanoUsd } = answer.end;
  await recorder.settle(attempt, answer.end);
  if (costNanoUsd !== null) await admission.charge(pooled.provider._id, { id: attempt._id, costNanoUsd });
  return answer;
}
