import type { Redis } from 'ioredis';
import { createId } from '@understudy/shared/ids';
import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import { publishEvents } from '@understudy/shared/jobs/events';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { Store } from '@understudy/shared/store/connect';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { clearProviderFlag } from '@understudy/shared/store/providers/flag-provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { toAttemptEnd } from '../dispatch/attempt-end.ts';
import { callAdapter, type CallOutcome } from '../dispatch/call-adapter.ts';
import type { AttemptRecorder } from '../dispatch/record.ts';
import type { Adapter, AdapterDeps, ClassifyRequest, CreateAdapter, ModelsOutcome } from '../llm/adapter.ts';
import type { PooledProvider } from '../provider-pool.ts';
import { toConnection } from '../to-connection.ts';
import { done, type Handler } from './handler.ts';
import { toTestMessage } from './test-message.ts';

export interface TestProviderDeps {
  store: Store;
  keyRing: KeyRing;
  createAdapter: CreateAdapter;
  adapterDeps: AdapterDeps;
  recorder: Pick<AttemptRecorder, 'settle'>;
  redis: Redis;
  prefix: string;
  clock: Clock;
  logger: Logger;
}

/** All that a test may take, from the moment it was asked for. */
const TEST_MS = 4_000;
const SAMPLE: ClassifyRequest = {
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

/**
 * Tests one provider for an operator who waits: lists its models, then classifies one tiny text, on an adapter of
 * its own and past every gate, so that real traffic's circuit, health and usage see nothing of it.
 */
export function createTestProviderHandler(deps: TestProviderDeps): Handler<'interactive.provider-test'> {
  return async ({ requestId }) => {
    const { store } = deps;
    const request = await startInteractive(store, requestId);
    if (!request) return done;
    const provider = await store.providers
      .findOne({ _id: request.input.providerId, deletedAt: null })
      .lean<ProviderDocument>();
    const test = { requestId, endsAt: request.createdAt.getTime() + TEST_MS };
    const result = provider ? await testStored(deps, provider, test) : toProblem('The provider is gone.');
    await finishInteractive(store, requestId, result);
    await publishFinished(deps, requestId);
    return done;
  };
}

/** Which request a test answers, and when its time is up (milliseconds since 1970). */
interface Test {
  requestId: string;
  endsAt: number;
}

async function testStored(
  deps: TestProviderDeps,
  provider: ProviderDocument,
  test: Test,
): Promise<ProviderTestResult> {
  const { store, keyRing, createAdapter, adapterDeps, logger } = deps;
  let adapter: Adapter;
  try {
    adapter = createAdapter(toConnection(provider, keyRing), adapterDeps);
  } catch (err) {
    logger.warn({ err, provider: provider.name }, 'a provider under test cannot be used');
    return toProblem(
      `The provider cannot be called: ${err instanceof Error ? err.message : 'unknown reason'}`,
    );
  }
  try {
    const result = await runTest(deps, toPooled(provider, adapter), test);
    if (result.ok) await clearProviderFlag(store, provider);
    return result;
  } finally {
    await adapter.close();
  }
}

async function runTest(
  deps: TestProviderDeps,
  pooled: PooledProvider,
  test: Test,
): Promise<ProviderTestResult> {
  const { clock } = deps;
  const startedMs = clock.monotonic();
  const tested = { baseUrl: pooled.provider.baseUrl, model: pooled.reference.model };
  const toElapsedMs = () => Math.round(clock.monotonic() - startedMs);

  const listing = await listModels(pooled.adapter, test.endsAt - clock.now());
  if (!listing.ok) {
    const { fault } = listing;
    const message = toTestMessage(fault, tested, null);
    return { ok: false, latencyMs: toElapsedMs(), models: null, sample: null, fault: fault.kind, message };
  }
  const { models } = listing;
  const limitMs = test.endsAt - clock.now();
  if (limitMs <= 0) return { ...toProblem('The time of the test was up.'), latencyMs: toElapsedMs(), models };

  const { outcome, latencyMs } = await classifySample(deps, pooled, test.requestId, limitMs);
  switch (outcome.kind) {
    case 'answered': {
      const [best] = outcome.result.labels;
      const sample = best ? { label: best.name, confidence: best.confidence } : null;
      return { ok: true, latencyMs, models, sample, fault: null, message: null };
    }
    case 'faulted': {
      const { fault } = outcome;
      const message = toTestMessage(fault, tested, models);
      return { ok: false, latencyMs, models, sample: null, fault: fault.kind, message };
    }
    case 'aborted':
    case 'defect':
      return { ...toProblem('The test met an error of the service itself.'), latencyMs, models };
  }
}

/** One call that is on record and in usage as a test. */
async function classifySample(
  { store, recorder, clock }: TestProviderDeps,
  pooled: PooledProvider,
  requestId: string,
  limitMs: number,
): Promise<{ outcome: CallOutcome; latencyMs: number }> {
  const attempt = toPendingTest(pooled, requestId, clock.now(), limitMs);
  await store.attempts.create(attempt);

  const { adapter } = pooled;
  const { startedAt } = attempt;
  const startedMs = clock.monotonic();
  const { signal } = new AbortController();
  const outcome = await callAdapter({ adapter, request: SAMPLE, limitMs, signal });
  const durationMs = clock.monotonic() - startedMs;
  const end = toAttemptEnd({ pooled, request: SAMPLE, outcome, startedAt, durationMs, abortMessage: '' });
  await recorder.settle(attempt, end);
  return { outcome, latencyMs: Math.round(durationMs) };
}

/** Whoever waits also looks into the store, only later. */
async function publishFinished({ redis, prefix, logger }: TestProviderDeps, requestId: string) {
  try {
    await publishEvents(redis, prefix, [{ type: 'interactive.finished', id: requestId }]);
  } catch (err) {
    logger.debug({ err, requestId }, 'the end of a test was not told');
  }
}

function toPooled({ apiKey: _key, ...provider }: ProviderDocument, adapter: Adapter): PooledProvider {
  const { _id: id, name, type } = provider;
  return { provider, reference: { id, name, type, model: adapter.model }, adapter };
}

async function listModels(adapter: Adapter, limitMs: number): Promise<ModelsOutcome> {
  return adapter.listModels(AbortSignal.timeout(Math.max(0, limitMs)));
}

function toPendingTest(
  pooled: PooledProvider,
  requestId: string,
  nowMs: number,
  limitMs: number,
): AttemptDocument {
  return {
    _id: createId('att'),
    jobId: requestId,
    client: 'default',
    purpose: 'test',
    claimToken: requestId,
    number: 1,
    provider: pooled.reference,
    outcome: 'pending',
    hedge: false,
    circuit: 'closed',
    startedAt: new Date(nowMs),
    limitAt: new Date(nowMs + limitMs),
    settledAt: null,
    counted: false,
  };
}

function toProblem(message: string): ProviderTestResult {
  return { ok: false, latencyMs: 0, models: null, sample: null, fault: null, message };
}
