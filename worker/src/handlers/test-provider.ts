import type { Redis } from 'ioredis';
import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { clearProviderFlag } from '@understudy/shared/store/providers/flag-provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { classifyTiny, type ClassifyTinyDeps } from '../classify-tiny.ts';
import type { Adapter, AdapterDeps, CreateAdapter, ModelsOutcome } from '../llm/adapter.ts';
import type { PooledProvider } from '../provider-pool.ts';
import { toConnection } from '../to-connection.ts';
import { done, type Handler } from './handler.ts';
import { tellFinished } from './tell-finished.ts';
import { toTestMessage } from './test-message.ts';

export interface TestProviderDeps extends ClassifyTinyDeps {
  keyRing: KeyRing;
  createAdapter: CreateAdapter;
  adapterDeps: AdapterDeps;
  redis: Redis;
  prefix: string;
  logger: Logger;
}

/** All that a test may take, from the moment it was asked for. */
const TEST_MS = 4_000;
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
    await tellFinished(deps, requestId);
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

  const call = { purpose: 'test', ownerId: test.requestId, limitMs } as const;
  const { outcome, durationMs: latencyMs } = await classifyTiny(deps, pooled, call);
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

function toPooled({ apiKey: _key, ...provider }: ProviderDocument, adapter: Adapter): PooledProvider {
  const { _id: id, name, type } = provider;
  return { provider, reference: { id, name, type, model: adapter.model }, adapter };
}

async function listModels(adapter: Adapter, limitMs: number): Promise<ModelsOutcome> {
  return adapter.listModels(AbortSignal.timeout(Math.max(0, limitMs)));
}

function toProblem(message: string): ProviderTestResult {
  return { ok: false, latencyMs: 0, models: null, sample: null, fault: null, message };
}
