import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import { AppError } from '@understudy/shared/errors';
import {
  createInteractive,
  readInteractive,
  withdrawInteractive,
} from '@understudy/shared/store/interactive/interactive';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../in-store-time.ts';
import { orNotFound } from './find.ts';

/** No worker has begun by then: there is none. */
const BEGIN_MS = 4_500;
/** The whole takes at most 5 s. */
const END_MS = 4_900;
const RE_READ_MS = 250;

/**
 * Has a worker call a provider now, apart from real traffic. Answers what was found, good or bad.
 * @throws {AppError} `no_worker` where none takes it within 4.5 s; {NotFoundError} where there is no such provider.
 */
export async function testProvider(
  ctx: Context,
  { idOrName, signal }: { idOrName: string; signal: AbortSignal },
): Promise<ProviderTestResult> {
  const startedAt = performance.now();
  const leftMs = (untilMs: number) => Math.max(0, untilMs - (performance.now() - startedAt));
  const requestId = await inStoreTime(layDown(ctx, idOrName));
  await ctx.producer.add('interactive.provider-test', { requestId }).catch(async () => {
    await withdraw(ctx, requestId);
    throw noWorker('The queue cannot be reached, so no worker can be asked.');
  });
  const wait = (timeoutMs: number) =>
    ctx.hub.pollUntil({
      key: requestId,
      read: () => inStoreTime(readInteractive(ctx.store, requestId)),
      isDone: (request) => request === null || request.state === 'done',
      timeoutMs,
      everyMs: RE_READ_MS,
      signal,
    });
  let request = await wait(leftMs(BEGIN_MS));
  if (request?.state === 'waiting' && (await withdraw(ctx, requestId)))
    throw noWorker('No worker is running.');
  if (request?.state !== 'done') request = await wait(leftMs(END_MS));
  if (request?.state === 'done') return request.result as ProviderTestResult;
  const latencyMs = Math.round(performance.now() - startedAt);
  const message = 'The provider did not answer in time.';
  return { ok: false, latencyMs, models: null, sample: null, fault: 'timeout', message };
}

async function layDown(ctx: Context, idOrName: string): Promise<string> {
  const provider = orNotFound(await findProvider(ctx.store, idOrName));
  return createInteractive(ctx.store, { providerId: provider._id });
}

/** @returns whether nobody had it; one that cannot be withdrawn expires by itself. */
function withdraw(ctx: Context, requestId: string): Promise<boolean> {
  return inStoreTime(withdrawInteractive(ctx.store, requestId)).catch(() => true);
}

function noWorker(message: string): AppError {
  return new AppError('no_worker', message, { retryable: true });
}
