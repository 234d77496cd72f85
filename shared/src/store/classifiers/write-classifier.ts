import type { ClientSession } from 'mongoose';
import { ConflictError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { isDuplicateKey } from '../insert-each.ts';
import { toVersionId, type ClassifierDocument, type ClassifierVersionDocument } from './model.ts';

export type ClassifierDefinition = Pick<
  ClassifierVersionDocument,
  'labels' | 'instructions' | 'multiLabel' | 'threshold'
>;

export interface WrittenClassifier {
  classifier: ClassifierDocument;
  version: ClassifierVersionDocument;
}

/** Writes a new classifier with its first version. @throws {ConflictError} where the name is taken. */
export async function insertClassifier(
  store: Store,
  name: string,
  definition: ClassifierDefinition,
  session: ClientSession,
): Promise<WrittenClassifier> {
  const now = new Date(store.clock.now());
  const classifier = { _id: createId('clf'), name, version: 1, createdAt: now, updatedAt: now };
  try {
    await store.classifiers.create([classifier], { session });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new ConflictError('classifier_name_taken', `There is a classifier named ${name} already.`);
  }
  return { classifier, version: await insertVersion(store, classifier, definition, session) };
}

/** Makes the definition the classifier's newest version. @throws {ConflictError} where it changed since it was read. */
export async function insertNextVersion(
  store: Store,
  current: ClassifierDocument,
  definition: ClassifierDefinition,
  session: ClientSession,
): Promise<WrittenClassifier> {
  const classifier = { ...current, version: current.version + 1, updatedAt: new Date(store.clock.now()) };
  const { matchedCount } = await store.classifiers.updateOne(
    { _id: current._id, version: current.version },
    { version: classifier.version, updatedAt: classifier.updatedAt },
    { session },
  );
  if (matchedCount === 0) throw new ConflictError('stale', 'Somebody else changed it at the same moment.');
  return { classifier, version: await insertVersion(store, classifier, definition, session) };
}

/** Removes a classifier's name; its versions stay for the jobs that were accepted with them. */
export async function deleteClassifier(store: Store, id: string, session: ClientSession): Promise<void> {
  await store.classifiers.deleteOne({ _id: id }, { session });
}

async function insertVersion(
  store: Store,
  classifier: ClassifierDocument,
  { labels, instructions, multiLabel, threshold }: ClassifierDefinition,
  session: ClientSession,
): Promise<ClassifierVersionDocument> {
  const version = {
    _id: toVersionId(classifier._id, classifier.version),
    classifierId: classifier._id,
    name: classifier.name,
    version: classifier.version,
    labels,
    instructions,
    multiLabel,
    threshold,
    createdAt: classifier.updatedAt,
  };
  await store.classifierVersions.create([version], { session });
  return version;
}
