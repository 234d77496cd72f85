import type { ClassifyRequest, LabelSet } from '../adapter.ts';

/** A label set of bare names, as a job's inline labels give it. */
export function labelSetOf(names: string[], more: Partial<LabelSet> = {}): LabelSet {
  return {
    labels: names.map((name) => ({ name, description: null, examples: [] })),
    multiLabel: false,
    threshold: null,
    instructions: null,
    cacheKey: null,
    ...more,
  };
}

/** A request that any adapter can answer; the text names `billing`. */
export function requestOf(more: Partial<ClassifyRequest> = {}): ClassifyRequest {
  return {
    text: 'There is a mistake in the billing of my last order.',
    labelSet: labelSetOf(['billing', 'shipping', 'returns']),
    explain: false,
    repair: null,
    ...more,
  };
}
