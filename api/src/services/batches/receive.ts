import {
  MAX_BATCH_ITEMS,
  type BatchAccepted,
  type BatchItem,
  type RejectedItem,
} from '@understudy/shared/contracts/batch';
import { ValidationError, type InputFault } from '@understudy/shared/errors';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import type { Upload as Sending } from '@understudy/shared/store/batches/receive-batch';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { Context } from '../../context.ts';
import { MAX_FAULTS } from '../../http/parse-input.ts';
import type { Upload } from '../../http/upload.ts';
import { assertHere } from '../../http/while-allowed.ts';
import { toJob } from '../classifications/to-job.ts';
import { breathing } from '../breathing.ts';
import { createItemCheck, toRejected, type CheckedItem } from './check-item.ts';
import { countBatch, readItems, tooMany, type SentBatch, type SentItem } from './read-items.ts';
import { createStaging } from './staging.ts';

type BatchJob = BatchAccepted['jobs'][number];

interface Received {
  atomic: boolean;
  jobs: BatchJob[];
  rejected: RejectedItem[];
}

interface ReceiveInput {
  client: string;
  upload: Upload;
  sending: Sending;
  /** Told the parsed body part by part. */
  mark: ((part: string) => void) | undefined;
  signal: AbortSignal;
}

/**
 * Stages the items of a batch as they arrive; the sender waits while they are written.
 * @throws {ValidationError} where nothing, or not all of an atomic batch, can be accepted; {UnauthenticatedError} where
 * `signal` aborted.
 */
export async function receiveBatch(ctx: Context, input: ReceiveInput): Promise<Received> {
  const sent = await readItems(input.upload);
  const received: Received = { atomic: sent.atomic, jobs: [], rejected: [] };
  const staging = createStaging(ctx, input.sending);
  const prepare = createPreparation(ctx, input);
  await eachItem(sent, input, async (checked, index, size) => {
    const prepared = checked.isGood ? await prepare(checked.item, index) : checked.rejected;
    if ('errors' in prepared) return void received.rejected.push(prepared);
    received.jobs.push({ index, customId: prepared.customId ?? null, id: prepared._id });
    await staging.add(prepared, size);
  });
  assertAcceptable(received);
  await staging.flush();
  return received;
}

/** Reads a batch for its marks only: it was accepted before. */
export async function skimBatch(input: Omit<ReceiveInput, 'client' | 'sending'>): Promise<void> {
  await eachItem(await readItems(input.upload), input, async () => {});
}

async function eachItem(
  sent: SentBatch,
  { mark, signal }: Pick<ReceiveInput, 'mark' | 'signal'>,
  take: (checked: CheckedItem, index: number, size: number) => Promise<void>,
): Promise<void> {
  const check = createItemCheck(sent);
  const count = countBatch();
  const breathe = breathing();
  let index = 0;
  mark?.(sent.atomic ? 'atomic\n' : '\n');
  for await (const item of sent.items) {
    assertHere(signal);
    if (index === MAX_BATCH_ITEMS) throw tooMany();
    const size = toSize(item) + sent.defaultsBytes;
    // A wrong item costs as much to check as a good one.
    count(size);
    const checked = check(item, index);
    mark?.(`${checked.canonical()}\n`);
    await take(checked, index, size);
    index += 1;
    await breathe();
  }
}

function toSize(item: SentItem): number {
  return item.kind === 'too_large' ? 0 : Buffer.byteLength(item.text);
}

/** Makes the jobs of one batch. What is not known is looked for once, not for every item that names it. */
function createPreparation(ctx: Context, { client, sending: { batchId } }: ReceiveInput) {
  let refreshed: Promise<void> | undefined;
  const refresh = () => (refreshed ??= ctx.watcher.refresh());
  const forItems: Context = { ...ctx, watcher: { ...ctx.watcher, refresh } };
  return async (item: BatchItem, index: number): Promise<JobDocument | RejectedItem> => {
    const { customId, ...input } = item;
    const id = toItemId(batchId, index);
    const createdAt = new Date(ctx.clock.now());
    try {
      return {
        ...(await toJob(forItems, { id, client, input, createdAt, isOneOfMany: true })),
        batchId,
        customId: customId ?? null,
      };
    } catch (error) {
      if (error instanceof ValidationError) return toRejected(error, { index, customId: customId ?? null });
      throw error;
    }
  };
}

function assertAcceptable({ atomic, jobs, rejected }: Received): void {
  if (jobs.length === 0 && rejected.length === 0) {
    throw new ValidationError([
      { pointer: '/items', detail: 'must have at least one item', code: 'too_small' },
    ]);
  }
  if (jobs.length > 0 && (rejected.length === 0 || !atomic)) return;
  const faults = rejected
    .slice(0, MAX_FAULTS)
    .flatMap(({ index, errors }): InputFault[] =>
      errors.map((fault) => ({ ...fault, pointer: `/items/${index}${fault.pointer}` })),
    );
  throw new ValidationError(faults.slice(0, MAX_FAULTS));
}
