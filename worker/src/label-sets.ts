import type { Label } from '@understudy/shared/contracts/label';
import { toLabelName } from '@understudy/shared/contracts/label-name';
import type { Store } from '@understudy/shared/store/connect';
import { toVersionId, type ClassifierVersionDocument } from '@understudy/shared/store/classifiers/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { LabelSet } from './llm/adapter.ts';

export interface LabelSets {
  /** The labels of a job: its own, or its classifier version's; null where it has none (a defect). */
  load(job: LabelSource): Promise<LabelSet | null>;
}

type LabelSource = Pick<JobDocument, 'labels' | 'classifier' | 'multiLabel' | 'threshold' | 'instructions'>;

/** One version may have 8 MB of examples, so what is kept is bounded by size and not by number. */
const KEPT_CHARACTERS = 64_000_000;

/** Loads label sets. A classifier's version never changes, so those used last are kept. */
export function createLabelSets(store: Store): LabelSets {
  const kept = new Map<string, { labelSet: LabelSet; size: number }>();
  let keptSize = 0;

  async function loadVersion(id: string): Promise<LabelSet | null> {
    const hit = kept.get(id);
    if (hit) {
      // The map's order is that of last use.
      kept.delete(id);
      kept.set(id, hit);
      return hit.labelSet;
    }
    const version = await store.classifierVersions.findById(id).lean<ClassifierVersionDocument>();
    if (!version) return null;
    const labelSet = toLabelSet(version, version.labels, id);
    keep(id, labelSet);
    return labelSet;
  }

  function keep(id: string, labelSet: LabelSet) {
    if (kept.has(id)) return;
    const size = JSON.stringify(labelSet).length;
    kept.set(id, { labelSet, size });
    keptSize += size;
    for (const [oldest, entry] of kept) {
      if (keptSize <= KEPT_CHARACTERS || oldest === id) break;
      kept.delete(oldest);
      keptSize -= entry.size;
    }
  }

  return {
    async load(job) {
      if (job.classifier) return loadVersion(toVersionId(job.classifier.id, job.classifier.version));
      return job.labels && toLabelSet(job, job.labels, null);
    },
  };
}

function toLabelSet(
  { multiLabel, threshold, instructions }: Pick<LabelSource, 'multiLabel' | 'threshold' | 'instructions'>,
  labels: readonly Label[],
  cacheKey: string | null,
): LabelSet {
  return {
    labels: toLabels(labels),
    multiLabel,
    threshold,
    instructions,
    cacheKey,
  };
}

/** Labels as an adapter gets them, however short they were written. */
export function toLabels(labels: readonly Label[]): LabelSet['labels'] {
  return labels.map((label) => ({
    name: toLabelName(label),
    description: typeof label === 'string' ? null : (label.description ?? null),
    examples: typeof label === 'string' ? [] : (label.examples ?? []),
  }));
}
