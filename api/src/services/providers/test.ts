import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../in-store-time.ts';
import { askWorker } from './ask-worker.ts';
import { orNotFound } from './find.ts';

/** The whole takes at most 5 s. */
const END_MS = 4_900;

/**
 * Has a worker call a provider now, apart from real traffic. Answers what was found, good or bad.
 * @throws {AppError} `no_worker` where none takes it within 4.5 s; {NotFoundError} where there is no such provider.
 */
export async function testProvider(
  ctx: Context,
  { idOrName, signal }: { idOrName: string; signal: AbortSignal },
): Promise<ProviderTestResult> {
  const startedAt = performance.now();
  const { _id: providerId } = orNotFound(await inStoreTime(findProvider(ctx.store, idOrName)));
  const name = 'interactive.provider-test';
  const { result } = await askWorker(ctx, { name, input: { providerId }, endMs: END_MS, startedAt, signal });
  if (result !== undefined) return result as ProviderTestResult;
  const latencyMs = Math.round(performance.now() - startedAt);
  const message = 'The provider did not answer in time.';
  return { ok: false, latencyMs, models: null, sample: null, fault: 'timeout', message };
}
