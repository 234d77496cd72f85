import type { JobName } from '@understudy/shared/jobs/catalog';
import {
  createInteractive,
  readInteractive,
  withdrawInteractive,
} from '@understudy/shared/store/interactive/interactive';
import type { InteractiveDocument, InteractiveInput } from '@understudy/shared/store/interactive/model';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { BEGIN_MS, RE_READ_MS } from '../worker-times.ts';
import { noWorker } from './no-worker.ts';

interface WorkerTask {
  name: Extract<JobName, 'interactive.provider-test' | 'interactive.failover-drill'>;
  input: InteractiveInput;
  /** How long it is waited for in all, from `startedAt` of the monotonic clock. */
  endMs: number;
  startedAt: number;
  signal: AbortSignal;
}

interface AskedWorker {
  requestId: string;
  /** What the worker found; undefined where it is not done in time. */
  result: InteractiveDocument['result'] | undefined;
}

/** Has a worker do something that someone waits for. @throws {AppError} `no_worker` where none takes it within 4.5 s. */
export async function askWorker(ctx: Context, task: WorkerTask): Promise<AskedWorker> {
  const { name, input, endMs, startedAt, signal } = task;
  const leftMs = (untilMs: number) => Math.max(0, untilMs - (performance.now() - startedAt));
  const requestId = await inStoreTime(createInteractive(ctx.store, input));
  await ctx.producer.add(name, { requestId }).catch(async () => {
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
  if (request?.state !== 'done') request = await wait(leftMs(endMs));
  return { requestId, result: request?.state === 'done' ? request.result : undefined };
}

/** @returns whether nobody had it; one that cannot be withdrawn expires by itself. */
function withdraw(ctx: Context, requestId: string): Promise<boolean> {
  return inStoreTime(withdrawInteractive(ctx.store, requestId)).catch(() => true);
}
