import type { ClassifyRequest } from '../llm/adapter.ts';

/** What an adapter is asked where a test does not care: a text and one label. */
export function buildRequest(): ClassifyRequest {
  return {
    text: 'x',
    labelSet: {
      labels: [{ name: 'a', description: null, examples: [] }],
      multiLabel: false,
      threshold: null,
      instructions: null,
      cacheKey: null,
    },
    explain: false,
    repair: null,
  };
}
