import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClassifyRequest, LabelSet } from '../llm/adapter.ts';
import { createOutputFormats } from '../llm/anthropic/client.ts';
import { createResponseFormats } from '../llm/openai/vendor.ts';
import { toPrompt } from '../llm/prompt.ts';
import { labelSetOf, requestOf } from '../llm/testing/sample-request.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { toUpperBound } from './upper-bound.ts';

const BYTES_A_TOKEN = 4;
/** At 1 USD a million tokens read, and 10 for as many written. */
const pooled = buildPooled({ configuration: { maxOutputTokens: 512 } });
const toFormats = [createResponseFormats(), createOutputFormats()];

/** What is held of the text and its labels, in bytes. */
function toHeld(request: ClassifyRequest) {
  const { likelyTokens, price } = toUpperBound(pooled, request, new Date());
  return {
    bytes: (price.costNanoUsd ?? 0) / 1_000 - 512 * 10,
    likelyBytes: (likelyTokens - 512) * BYTES_A_TOKEN,
  };
}

/** How far that is above what a model is told, by the longest form that a vendor has for it and by the shortest. */
function measure(request: ClassifyRequest) {
  const { system, turns } = toPrompt(request);
  const prompt = [system, ...turns.map(({ content }) => content)].join('');
  const told = toFormats.map((toFormat) => Buffer.byteLength(prompt + JSON.stringify(toFormat(request))));
  const { bytes, likelyBytes } = toHeld(request);
  return {
    aboveLongest: bytes - Math.max(...told),
    aboveShortest: bytes - Math.min(...told),
    rounding: likelyBytes - bytes,
  };
}

const isTight = ({ aboveLongest, aboveShortest, rounding }: ReturnType<typeof measure>) =>
  aboveLongest >= 0 && aboveShortest <= 1_000 && rounding >= 0 && rounding < BYTES_A_TOKEN;

function setOf(count: number, toLabel: (index: number) => Partial<LabelSet['labels'][number]>): LabelSet {
  const labels = Array.from({ length: count }, (_, index) => ({
    name: `label ${index}`,
    description: null,
    examples: [],
    ...toLabel(index),
  }));
  return labelSetOf([], { labels });
}

describe('what is held for a call', () => {
  const EXAMPLES = Array.from({ length: 500 }, () => 'e'.repeat(80));

  it.each([
    ['many more examples than a model is shown', setOf(200, () => ({ examples: EXAMPLES }))],
    ['longer examples than a model is shown', setOf(3, () => ({ examples: ['é'.repeat(2_000)] }))],
    ['many short examples', setOf(200, () => ({ examples: ['a', 'b', 'c', 'd', 'e'] }))],
    ['names that JSON escapes', setOf(200, (index) => ({ name: `${index}${'\u0001'.repeat(190)}` }))],
  ])('is little more than what is sent, and never less, with %s', (_, labelSet) => {
    expect(measure(requestOf({ labelSet }))).toSatisfy(isTight);
  });

  it('is little more than what is sent, and never less, whatever is asked', () => {
    const words = fc.string({ unit: 'binary', maxLength: 400 });
    const label = fc.record({
      name: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      description: fc.option(words),
      examples: fc.array(words, { maxLength: 8 }),
    });
    const labelSet = fc.record({
      labels: fc.uniqueArray(label, { minLength: 2, maxLength: 20, selector: ({ name }) => name }),
      multiLabel: fc.boolean(),
      threshold: fc.constant(null),
      instructions: fc.option(words),
      cacheKey: fc.constant(null),
    });
    const repair = fc.option(fc.record({ answer: words, problem: words }));
    const asked = fc.record({ text: words, labelSet, explain: fc.boolean(), repair });
    fc.assert(
      fc.property(asked, (request) => {
        expect(measure(request)).toSatisfy(isTight);
      }),
      { numRuns: 50 },
    );
  });

  it('is found for a label set once, and then for each text by that text alone', () => {
    let reads = 0;
    const { labels, ...rest } = labelSetOf(['a', 'b']);
    const labelSet = {
      ...rest,
      get labels() {
        reads += 1;
        return labels;
      },
    };
    const first = toHeld(requestOf({ labelSet, text: 'one' }));
    const readsOfOne = reads;
    const second = toHeld(requestOf({ labelSet, text: 'three' }));
    expect(second.bytes - first.bytes).toBe(2);
    expect(reads).toBe(readsOfOne);
  });
});
