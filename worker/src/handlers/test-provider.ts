import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import type { InteractiveDocument } from '@understudy/shared/store/interactive/model';
import { clearProviderFlag } from '@understudy/shared/store/providers/flag-provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProviderById } from '@understudy/shared/store/providers/read-provider';
import { askTiny, classifyTiny, type ClassifyTinyDeps } from '../classify-tiny.ts';
import type { Adapter, AdapterDeps, CreateAdapter } from '../llm/adapter.ts';
import { unsealApiKey } from '../providers/unseal-api-key.ts';
import { runTest, toProblem } from '../provider-test/run-test.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { toConnection } from '../providers/to-connection.ts';
import { done, type Handler } from './handler.ts';
import { tellFinished } from './tell-finished.ts';

export interface TestProviderDeps extends ClassifyTinyDeps {
  keyRing: KeyRing;
  createAdapter: CreateAdapter;
  adapterDeps: AdapterDeps;
  redis: Redis;
  prefix: string;
  logger: Logger;
}

/** All that a test may take, from the moment it was laid down; whoever asked may leave it less. */
const TEST_MS = 4_000;

/**
 * Tests one provider for an operator who waits: lists its models, then classifies one tiny text, on an adapter of
 * its own and past every gate, so that real traffic's circuit, health and usage see nothing of it. One that is not
 * saved leaves nothing behind: what it cost stands in the result only.
 */
export function createTestProviderHandler(deps: TestProviderDeps): Handler<'interactive.provider-test'> {
  const { store } = deps;
  return async ({ requestId }) => {
    const request = await startInteractive(store, requestId);
    if (!request) return done;
    const { providerId, draft } = request.input;
    const provider = draft ?? (await findProviderById(store, providerId));
    const result = provider
      ? await testProvider(deps, provider, request)
      : toProblem('The provider is gone.', null);
    if (result.ok && provider && !draft) await clearProviderFlag(store, provider);
    await finishInteractive(store, requestId, result);
    await tellFinished(deps, requestId);
    return done;
  };
}

async function testProvider(
  deps: TestProviderDeps,
  provider: ProviderDocument,
  { _id: requestId, createdAt, input }: InteractiveDocument,
): Promise<ProviderTestResult> {
  const { keyRing, createAdapter, adapterDeps, clock, logger } = deps;
  const opened = unsealApiKey(provider, keyRing);
  if (!opened.ok) return toProblem(`The API key cannot be opened. ${opened.message}`, 'unauthenticated');
  let adapter: Adapter;
  try {
    adapter = createAdapter(toConnection(provider, opened.value), adapterDeps);
  } catch (err) {
    logger.warn({ err, provider: provider.name }, 'a provider under test cannot be used');
    const reason = err instanceof Error ? err.message : 'unknown reason';
    return toProblem(`The provider cannot be called: ${reason}`, 'bad_request');
  }
  const pooled = toPooled(provider, adapter);
  try {
    return await runTest({
      pooled,
      hasKey: opened.value !== null,
      endsAt: createdAt.getTime() + Math.min(TEST_MS, input.limitMs ?? TEST_MS),
      askSample: (limitMs) =>
        input.draft
          ? askTiny(deps, pooled, { limitMs })
          : classifyTiny(deps, pooled, { purpose: 'test', ownerId: requestId, limitMs }),
      clock,
    });
  } finally {
    await adapter.close();
  }
}

function toPooled({ apiKey: _key, ...provider }: ProviderDocument, adapter: Adapter): PooledProvider {
  const { _id: id, name, type } = provider;
  return { provider, reference: { id, name, type, model: adapter.model }, adapter };
}
