import type { Classifier } from '@understudy/shared/contracts/classifier';
import type {
  ClassifierDocument,
  ClassifierVersionDocument,
} from '@understudy/shared/store/classifiers/model';
import { toEtag } from '../../http/etag.ts';

/** A classifier as the API shows it, with its tag. */
export interface TaggedClassifier {
  classifier: Classifier;
  etag: string;
}

export function toClassifier(
  { _id, name, createdAt }: Pick<ClassifierDocument, '_id' | 'name' | 'createdAt'>,
  { version, labels, instructions, multiLabel, threshold, createdAt: updatedAt }: ClassifierVersionDocument,
): Classifier {
  return {
    id: _id,
    name,
    version,
    labels,
    instructions,
    multiLabel,
    threshold,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** A page of the audit log has many of them. */
const MAX_AUDITED_CHARACTERS = 32_768;

/** What the audit log keeps: the definition, or where that is large its version only, by which it can be read. */
export function toAudited({
  version,
  labels,
  instructions,
  multiLabel,
  threshold,
}: ClassifierVersionDocument) {
  const definition = { version, labels, instructions, multiLabel, threshold };
  const isLarge = JSON.stringify(definition).length > MAX_AUDITED_CHARACTERS;
  return isLarge ? { version, definitionOmitted: true } : definition;
}

export function toTaggedClassifier(written: {
  classifier: ClassifierDocument;
  version: ClassifierVersionDocument;
}): TaggedClassifier {
  const { classifier, version } = written;
  return {
    classifier: toClassifier(classifier, version),
    etag: toEtag(classifier._id, version.version),
  };
}
