import {
  classifierUpdate,
  type ClassifierInput,
  type ClassifierUpdate,
} from '@understudy/shared/contracts/classifier';
import { ValidationError } from '@understudy/shared/errors';
import type {
  ClassifierDocument,
  ClassifierVersionDocument,
} from '@understudy/shared/store/classifiers/model';
import { findClassifier, readClassifierVersion } from '@understudy/shared/store/classifiers/read-classifier';
import {
  deleteClassifier as removeName,
  insertClassifier,
  insertNextVersion,
} from '@understudy/shared/store/classifiers/write-classifier';
import { inTransaction, type ClientSession } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import type { Context } from '../../context.ts';
import { assertMatches, toEtag } from '../../http/etag.ts';
import { mergePatch } from '../../http/merge-patch.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { classifierOrNotFound } from './read.ts';
import { toAudited, toTaggedClassifier, type TaggedClassifier } from './to-classifier.ts';
import { refreshCaches } from '../refresh-caches.ts';

interface ClassifierChange extends Change {
  name: string;
  ifMatch: string | undefined;
}

/** Adds a classifier. @throws {ConflictError} where its name is taken. */
export async function createClassifier(
  ctx: Context,
  { input, ...change }: Change & { input: ClassifierInput },
): Promise<TaggedClassifier> {
  const written = await inTransaction(ctx.store, async (session) => {
    const made = await insertClassifier(ctx.store, input.name, input, session);
    await record(
      ctx,
      change,
      'classifier.created',
      { classifier: made.classifier, from: null, to: made.version },
      session,
    );
    return made;
  });
  await refreshCaches(ctx);
  return toTaggedClassifier(written);
}

/** Makes the input the newest version. @throws not found, `stale`, or {ValidationError} for another name. */
export async function replaceClassifier(
  ctx: Context,
  { input, ...change }: ClassifierChange & { input: ClassifierUpdate },
): Promise<TaggedClassifier> {
  return writeVersion(ctx, change, () => input);
}

/** Makes a new version in which what the patch names differs (RFC 7396). */
export async function patchClassifier(
  ctx: Context,
  { patch, ...change }: ClassifierChange & { patch: Record<string, unknown> },
): Promise<TaggedClassifier> {
  return writeVersion(ctx, change, ({ labels, instructions, multiLabel, threshold }) =>
    parseInput(
      classifierUpdate,
      mergePatch({ labels, instructions, multiLabel, threshold }, patch),
      toBodyPointer,
    ),
  );
}

/** Removes a classifier; jobs that were accepted with it keep their version. */
export async function deleteClassifier(ctx: Context, change: ClassifierChange): Promise<void> {
  await inTransaction(ctx.store, async (session) => {
    const classifier = await findToChange(ctx, change, session);
    const from = await readCurrent(ctx, classifier, session);
    await removeName(ctx.store, classifier._id, session);
    const versions = { classifier, from, to: null };
    await record(ctx, change, 'classifier.deleted', versions, session);
  });
  await refreshCaches(ctx);
}

async function writeVersion(
  ctx: Context,
  change: ClassifierChange,
  toDefinition: (current: ClassifierVersionDocument) => ClassifierUpdate,
): Promise<TaggedClassifier> {
  const written = await inTransaction(ctx.store, async (session) => {
    const classifier = await findToChange(ctx, change, session);
    const current = await readCurrent(ctx, classifier, session);
    const definition = toDefinition(current);
    assertSameName(classifier, definition.name);
    const next = await insertNextVersion(ctx.store, classifier, definition, session);
    const versions = { classifier, from: current, to: next.version };
    await record(ctx, change, 'classifier.updated', versions, session);
    return next;
  });
  await refreshCaches(ctx);
  return toTaggedClassifier(written);
}

async function findToChange(ctx: Context, { name, ifMatch }: ClassifierChange, session: ClientSession) {
  const classifier = classifierOrNotFound(await findClassifier(ctx.store, name, session));
  assertMatches(ifMatch, toEtag(classifier._id, classifier.version));
  return classifier;
}

async function readCurrent(
  ctx: Context,
  { _id, version }: ClassifierDocument,
  session: ClientSession,
): Promise<ClassifierVersionDocument> {
  const current = await readClassifierVersion(ctx.store, _id, version, session);
  if (!current) throw new Error(`Version ${version} of ${_id} is missing`);
  return current;
}

type Versions = Record<'from' | 'to', ClassifierVersionDocument | null> & { classifier: ClassifierDocument };

async function record(
  ctx: Context,
  change: Change,
  action: string,
  { classifier, from, to }: Versions,
  session: ClientSession,
) {
  const target = { kind: 'classifier', id: classifier._id, name: classifier.name };
  const [before, after] = [from, to].map((version) => version && toAudited(version));
  await auditChange(ctx, change, { action, target, before, after }, session);
  await bumpVersion(ctx.store, 'classifiers', session);
}

function assertSameName(classifier: ClassifierDocument, name: string | undefined): void {
  if (name === undefined || name === classifier.name) return;
  throw new ValidationError([{ pointer: '/name', detail: 'cannot be changed', code: 'custom' }]);
}
