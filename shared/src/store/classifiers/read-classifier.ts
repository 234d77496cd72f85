import type { ClientSession } from 'mongoose';
import type { Label } from '../../contracts/label.ts';
import { toLabelName } from '../../contracts/label-name.ts';
import type { Store } from '../connect.ts';
import { olderThan, type Page } from '../page.ts';
import { toVersionId, type ClassifierDocument, type ClassifierVersionDocument } from './model.ts';
import { readDefinitions, type FoundDefinitions } from './read-definitions.ts';

/** What a job's representation needs of the classifier version that it was accepted with. */
export interface ClassifierFacts {
  labelNames: string[];
  multiLabel: boolean;
  threshold: number | null;
}

export interface ListedClassifier {
  classifier: ClassifierDocument;
  version: ClassifierVersionDocument;
}

/** The name and newest version number of every classifier. */
export async function readClassifierIndex(
  store: Store,
): Promise<Pick<ClassifierDocument, '_id' | 'name' | 'version'>[]> {
  return store.classifiers.find({}, { name: 1, version: 1 }).lean();
}

/** A classifier by name, without its definition. */
export async function findClassifier(
  store: Store,
  name: string,
  session: ClientSession | null = null,
): Promise<ClassifierDocument | null> {
  return store.classifiers.findOne({ name }).session(session).lean<ClassifierDocument>();
}

/** One version of a classifier, whole. */
export async function readClassifierVersion(
  store: Store,
  classifierId: string,
  version: number,
  session: ClientSession | null = null,
): Promise<ClassifierVersionDocument | null> {
  return store.classifierVersions
    .findById(toVersionId(classifierId, version))
    .session(session)
    .lean<ClassifierVersionDocument>();
}

/** Classifiers, newest first, each with its newest version but for the labels' examples: as many as there is room for. */
export async function listClassifiers(
  store: Store,
  { limit, beforeId }: Page,
): Promise<{ found: ListedClassifier[]; isCut: boolean }> {
  const classifiers = await store.classifiers
    .find(olderThan(beforeId))
    .sort({ _id: -1 })
    .limit(limit)
    .lean<ClassifierDocument[]>();
  const byId = new Map(classifiers.map((classifier) => [classifier._id, classifier]));
  const ids = classifiers.map(({ _id, version }) => toVersionId(_id, version));
  const { versions, isCut } = await readDefinitions(
    store,
    { _id: { $in: ids } },
    { sort: { _id: -1 }, limit },
  );
  const found = versions.flatMap((version) => {
    const classifier = byId.get(version.classifierId);
    return classifier ? [{ classifier, version }] : [];
  });
  return { found, isCut };
}

/** Versions of one classifier, newest first, but for the labels' examples: as many as there is room for. */
export async function listClassifierVersions(
  store: Store,
  classifierId: string,
  { limit, beforeVersion }: { limit: number; beforeVersion: number | null },
): Promise<FoundDefinitions> {
  const before = beforeVersion === null ? {} : { version: { $lt: beforeVersion } };
  return readDefinitions(store, { classifierId, ...before }, { sort: { version: -1 }, limit });
}

/** The facts of some versions by their ids, without reading descriptions and examples. */
export async function readClassifierFacts(
  store: Store,
  versionIds: readonly string[],
): Promise<Map<string, ClassifierFacts>> {
  const versions = await store.classifierVersions
    .find(
      { _id: { $in: [...versionIds] } },
      { 'labels.examples': 0, 'labels.description': 0, instructions: 0 },
    )
    .lean<ClassifierVersionDocument[]>();
  return new Map(
    versions.map(({ _id, labels, multiLabel, threshold }) => [
      _id,
      { labelNames: labels.map((label: Label) => toLabelName(label)), multiLabel, threshold },
    ]),
  );
}
