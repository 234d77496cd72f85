const INDEX_DIGITS = 5;

const JOB_OF_BATCH = new RegExp(`^job_(\\w{26})\\d{${INDEX_DIGITS}}$`);

/** The id of a batch's job by its place in the input, the same whenever the batch is sent again; they sort by it. */
export function toItemId(batchId: string, index: number): string {
  return `${toItemPrefix(batchId)}${toDigits(index)}`;
}

/** The batches that a job may be of, by its id; none for one that was submitted alone. */
export function toBatchIds(jobId: string): string[] {
  const [, name] = JOB_OF_BATCH.exec(jobId) ?? [];
  return name === undefined ? [] : [`bat_${name}`, `evl_${name}`];
}

/** The place in the input that a batch's job has. */
export function toItemIndex(jobId: string): number {
  return Number(jobId.slice(-INDEX_DIGITS));
}

/** The ids of a batch's jobs that stand behind `afterId`, or all of them, as a filter on `_id`. */
export function toItemRange(batchId: string, afterId: string | null): { $gt: string; $lt: string } {
  const prefix = toItemPrefix(batchId);
  return { $gt: afterId ?? prefix, $lt: `${prefix}:` };
}

/** Where the job at `index` of one upload is staged. */
export function toStagedId(batchId: string, uploadId: string, index: number): string {
  return `${batchId}.${uploadId}.${toDigits(index)}`;
}

/** Which upload of which batch the job was staged by. */
export function toUpload(stagedId: string): { batchId: string; uploadId: string } {
  const [batchId = '', uploadId = ''] = stagedId.split('.');
  return { batchId, uploadId };
}

/** All that is staged of a batch, or of one upload of it, as a filter on `_id`. */
export function toStagedRange(batchId: string, uploadId?: string): { $gt: string; $lt: string } {
  const prefix = uploadId === undefined ? batchId : `${batchId}.${uploadId}`;
  return { $gt: `${prefix}.`, $lt: `${prefix}/` };
}

const toItemPrefix = (batchId: string) => `job_${batchId.slice(batchId.indexOf('_') + 1)}`;
const toDigits = (index: number) => String(index).padStart(INDEX_DIGITS, '0');
