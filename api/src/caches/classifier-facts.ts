import {
  readClassifierFacts,
  type ClassifierFacts,
} from '@understudy/shared/store/classifiers/read-classifier';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import { toVersionId } from '@understudy/shared/store/classifiers/model';
import type { Store } from '@understudy/shared/store/connect';
import type { JobDocument } from '@understudy/shared/store/jobs/model';

const MAX_KNOWN = 200;

type Reference = NonNullable<JobDocument['classifier']>;

export interface ClassifierFactsCache {
  /** The facts of a version; null where it does not exist. */
  of(reference: Pick<Reference, 'id' | 'version'>): Promise<ClassifierFacts | null>;
}

/** Facts of the classifier versions that were used last. A version never changes, so they are never stale. */
export function createClassifierFacts(store: Store): ClassifierFactsCache {
  const known = new Map<string, ClassifierFacts>();
  return {
    async of({ id, version }) {
      const versionId = toVersionId(id, version);
      const facts = known.get(versionId) ?? (await readClassifierFacts(store, [versionId])).get(versionId);
      if (!facts) return null;
      setBounded(known, versionId, facts, MAX_KNOWN);
      return facts;
    },
  };
}
