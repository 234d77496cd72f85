import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderInput, ProviderTestResult } from '@understudy/shared/contracts/provider';
import { createId } from '@understudy/shared/ids';
import type { InteractiveInput } from '@understudy/shared/store/interactive/model';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { assertCallable } from '../assert-callable.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { askWorker } from './ask-worker.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import { toNewDocument } from './to-document.ts';

/** The whole takes at most 5 s, whatever hangs; the worker has what is left of 4 s. */
const END_MS = 4_800;
const WORKER_MS = 4_000;

/**
 * Has a worker call a provider now, apart from real traffic. Answers what was found, good or bad.
 * @throws {AppError} `no_worker` where none takes it within 4.5 s; {NotFoundError} where there is no such provider.
 */
export async function testProvider(
  ctx: Context,
  { idOrName, signal }: { idOrName: string; signal: AbortSignal },
): Promise<ProviderTestResult> {
  return runTest(ctx, signal, async () => {
    const { _id: providerId } = providerOrNotFound(await inStoreTime(findProvider(ctx.store, idOrName)));
    return { providerId };
  });
}

/**
 * The same for a provider that is not saved: with the key that it brings, or none. No stored key goes along, since its
 * address may be another; its name may be taken.
 * @throws {ValidationError} where it could not be saved; {AppError} `no_worker`.
 */
export async function testUnsavedProvider(
  ctx: Context,
  { input, signal }: { input: ProviderInput; signal: AbortSignal },
): Promise<ProviderTestResult> {
  return runTest(ctx, signal, async () => {
    await assertCallable(ctx, '/baseUrl', input.baseUrl);
    const draft = toNewDocument(ctx.keyRing, createId('prv'), input, new Date(ctx.clock.now()));
    return { providerId: draft._id, draft };
  });
}

async function runTest(
  ctx: Context,
  signal: AbortSignal,
  prepare: () => Promise<InteractiveInput>,
): Promise<ProviderTestResult> {
  const startedAt = performance.now();
  const toElapsedMs = () => Math.round(performance.now() - startedAt);
  const ask = async () => {
    const prepared = await prepare();
    const input = { ...prepared, limitMs: Math.max(0, WORKER_MS - toElapsedMs()) };
    const name = 'interactive.provider-test';
    const { result } = await askWorker(ctx, { name, input, endMs: END_MS, startedAt, signal });
    return result as ProviderTestResult | undefined;
  };
  const ended = new AbortController();
  // A ledger that is slow over and over again must not make it longer, either.
  const late = delay(END_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  try {
    return (await Promise.race([ask(), late])) ?? toUnfinished(toElapsedMs());
  } finally {
    ended.abort();
  }
}

function toUnfinished(latencyMs: number): ProviderTestResult {
  const message =
    'The test was not done within 5 s: the provider is very slow, or the workers are busy. Try again.';
  const nothing = { models: null, sample: null, costUsd: null, pricing: null };
  return { ok: false, latencyMs, ...nothing, fault: 'timeout', message };
}
