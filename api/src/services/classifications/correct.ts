import {
  correctionInput,
  type Classification,
  type CorrectionInput,
} from '@understudy/shared/contracts/classification';
import { toLabelName } from '@understudy/shared/contracts/label-name';
import { ValidationError, type InputFault } from '@understudy/shared/errors';
import { correctJob } from '@understudy/shared/store/jobs/correct-job';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { Context } from '../../context.ts';
import { mergePatch } from '../../http/merge-patch.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import type { Change } from '../audit/audit-change.ts';
import { findJob } from './find.ts';
import { describeJob } from './describe.ts';
import { toJobTarget, toNote } from './note-action.ts';

/**
 * Notes what the viewer says is right for a job, or takes it back where that is null.
 * @throws {NotFoundError}; {ValidationError} for labels that the job does not have, or where it was erased.
 */
export async function correctClassification(
  ctx: Context,
  { id, correction, ...change }: Change & { id: string; correction: CorrectionInput | null },
): Promise<Classification> {
  const { viewer } = change;
  const job = await findJob(ctx, viewer, id);
  if (correction) assertFits(correction.labels, job, await readLabelNames(ctx, job));
  const noted = correction && { labels: correction.labels, by: viewer.actor.name };
  const action = correction ? 'job.corrected' : 'job.uncorrected';
  const after = correction?.labels ?? null;
  const isNoted = await correctJob(ctx.store, id, noted, ({ correction: before }) =>
    toNote(ctx, change, { action, target: toJobTarget(id), before: before?.labels ?? null, after }),
  );
  // Nothing is left of an erased one that could be taken back.
  if (!isNoted && correction) {
    const detail = 'was erased: there is nothing to correct any more';
    throw new ValidationError([{ pointer: '', detail, code: 'erased' }]);
  }
  return describeJob(ctx, await findJob(ctx, viewer, id));
}

/** The same for a JSON Merge Patch (RFC 7396) of the correction. */
export async function patchCorrection(
  ctx: Context,
  { patch, ...change }: Change & { id: string; patch: object },
): Promise<Classification> {
  const { correction } = await findJob(ctx, change.viewer, change.id);
  const before = correction ? { labels: correction.labels } : {};
  const after = parseInput(correctionInput, mergePatch(before, patch), toBodyPointer);
  return correctClassification(ctx, { ...change, correction: after });
}

async function readLabelNames(ctx: Context, { labels, classifier }: JobDocument): Promise<string[]> {
  if (labels) return labels.map(toLabelName);
  return (classifier && (await ctx.classifierFacts.of(classifier)))?.labelNames ?? [];
}

function assertFits(names: readonly string[], { multiLabel }: JobDocument, known: readonly string[]): void {
  const faults: InputFault[] = names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ pointer: `/labels/${index}`, detail: 'is not a label of this job', code: 'unknown' }],
  );
  if (!multiLabel && names.length !== 1) {
    faults.push({ pointer: '/labels', detail: 'must name exactly one label', code: 'not_one' });
  }
  if (faults.length > 0) throw new ValidationError(faults);
}
