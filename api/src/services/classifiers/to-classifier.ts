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
