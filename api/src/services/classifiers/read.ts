import type { Classifier } from '@understudy/shared/contracts/classifier';
import { AppError, NotFoundError } from '@understudy/shared/errors';
import type {
  ClassifierDocument,
  ClassifierVersionDocument,
} from '@understudy/shared/store/classifiers/model';
import {
  findClassifier,
  listClassifiers as findPage,
  listClassifierVersions as findVersions,
  readClassifierVersion,
} from '@understudy/shared/store/classifiers/read-classifier';
import type { Context } from '../../context.ts';
import { fromCursor, toCutPage, type PageQuery } from '../../http/cursor.ts';
import { toClassifier, toTaggedClassifier, type TaggedClassifier } from './to-classifier.ts';

interface ClassifierPage {
  data: Classifier[];
  nextCursor: string | null;
}

/**
 * A page of classifiers, newest first, each in its newest version but for the labels' examples. Where they are large it
 * may be a short one, with a cursor all the same.
 */
export async function listClassifiers(ctx: Context, query: PageQuery): Promise<ClassifierPage> {
  const { limit, cursor } = query;
  const page = { limit: limit + 1, beforeId: fromCursor(cursor, 'clf') };
  const { found, isCut } = await findPage(ctx.store, page);
  const { items, nextCursor } = toCutPage(found, isCut, limit, ({ classifier }) => classifier._id);
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

/** A page of a classifier's versions, newest first, but for the labels' examples; a short one where they are large. */
export async function listClassifierVersions(
  ctx: Context,
  { name, limit, cursor }: PageQuery & { name: string },
): Promise<ClassifierPage> {
  const classifier = classifierOrNotFound(await findClassifier(ctx.store, name));
  const beforeVersion = toVersion(classifier, fromCursor(cursor, 'clf'));
  const page = { limit: limit + 1, beforeVersion };
  const { versions, isCut } = await findVersions(ctx.store, classifier._id, page);
  const toId = ({ version }: ClassifierVersionDocument) => toPlace(classifier, version);
  const { items, nextCursor } = toCutPage(versions, isCut, limit, toId);
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
