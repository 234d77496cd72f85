import type { Classifier } from '@understudy/shared/contracts/classifier';
import { AppError, NotFoundError } from '@understudy/shared/errors';
import type { ClassifierDocument } from '@understudy/shared/store/classifiers/model';
import {
  findClassifier,
  listClassifiers as findPage,
  listClassifierVersions as findVersions,
  readClassifierVersion,
} from '@understudy/shared/store/classifiers/read-classifier';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { toClassifier, toTaggedClassifier, type TaggedClassifier } from './to-classifier.ts';

interface ClassifierPage {
  data: Classifier[];
  nextCursor: string | null;
}

/** A page of classifiers, newest first, each in its newest version but for the labels' examples. */
export async function listClassifiers(ctx: Context, query: PageQuery): Promise<ClassifierPage> {
  const { items, nextCursor } = await readPage(
    query,
    'clf',
    (page) => findPage(ctx.store, page),
    ({ classifier }) => classifier._id,
  );
  return { data: items.map(({ classifier, version }) => toClassifier(classifier, version)), nextCursor };
}

/** A classifier in one version, the newest where none is named. @throws {NotFoundError} where there is none. */
export async function getClassifier(
  ctx: Context,
  { name, version }: { name: string; version?: number },
): Promise<TaggedClassifier> {
  const classifier = classifierOrNotFound(await findClassifier(ctx.store, name));
  const found = await readClassifierVersion(ctx.store, classifier._id, version ?? classifier.version);
  if (!found) throw new NotFoundError('not_found', 'The classifier has no such version.');
  return toTaggedClassifier({ classifier, version: found });
}

/** A page of a classifier's versions, newest first, but for the labels' examples. */
export async function listClassifierVersions(
  ctx: Context,
  { name, ...query }: PageQuery & { name: string },
): Promise<ClassifierPage> {
  const classifier = classifierOrNotFound(await findClassifier(ctx.store, name));
  const { items, nextCursor } = await readPage(
    query,
    'clf',
    ({ limit, beforeId }) =>
      findVersions(ctx.store, classifier._id, { limit, beforeVersion: toVersion(classifier, beforeId) }),
    ({ version }) => toPlace(classifier, version),
  );
  return { data: items.map((version) => toClassifier(classifier, version)), nextCursor };
}

/** @throws {NotFoundError} */
export function classifierOrNotFound(classifier: ClassifierDocument | null): ClassifierDocument {
  if (!classifier) throw new NotFoundError('not_found', 'There is no such classifier.');
  return classifier;
}

/** A place among a classifier's versions, in the form of an id. */
function toPlace({ _id }: ClassifierDocument, version: number): string {
  return `${_id}v${version}`;
}

function toVersion(classifier: ClassifierDocument, place: string | null): number | null {
  if (place === null) return null;
  const version = Number(place.slice(place.lastIndexOf('v') + 1));
  if (Number.isInteger(version) && toPlace(classifier, version) === place) return version;
  throw new AppError('invalid_cursor', 'The cursor is not one of this list.');
}
