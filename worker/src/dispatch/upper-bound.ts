import type { AttemptPrice } from '../llm/pricing.ts';
import type { ClassifyRequest, LabelSet } from '../llm/adapter.ts';
import { toSystem, toTurns } from '../llm/prompt.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { priceCall } from './price-call.ts';

/** The most that a call may use, before anybody knows. */
export interface UpperBound {
  /** What it is likely to use, as vendors estimate it: four bytes a token, and the longest answer. */
  likelyTokens: number;
  /** At a token a byte, which no tokenizer exceeds, and the longest answer; null cost where no price is known. */
  price: AttemptPrice;
}

const BYTES_A_TOKEN = 4;
/** The form of the answer without the names in it, and what a vendor puts around a prompt. */
const FRAME_BYTES = 1_000;

/** What each label set takes up, which is the same for every text: a classifier's is built once and not for each job. */
const knownBytes = new WeakMap<LabelSet, number>();

export function toUpperBound(pooled: PooledProvider, request: ClassifyRequest, at: Date): UpperBound {
  const { configuration } = pooled.provider;
  const inputBytes = countBytes(request);
  const outputTokens = 'maxOutputTokens' in configuration ? configuration.maxOutputTokens : 0;
  const usage = { inputTokens: inputBytes, outputTokens, cachedInputTokens: 0 };
  return {
    likelyTokens: Math.ceil(inputBytes / BYTES_A_TOKEN) + outputTokens,
    price: priceCall(pooled, usage, at),
  };
}

/** Whether a price is known for the provider's model. */
export function hasPrice(pooled: PooledProvider): boolean {
  const usage = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };
  return priceCall(pooled, usage).costNanoUsd !== null;
}

function countBytes({ labelSet, ...question }: ClassifyRequest): number {
  const turns = toTurns(question).map(({ content }) => Buffer.byteLength(content));
  return FRAME_BYTES + countLabelSet(labelSet) + turns.reduce((sum, bytes) => sum + bytes, 0);
}

function countLabelSet(labelSet: LabelSet): number {
  const known = knownBytes.get(labelSet);
  if (known !== undefined) return known;
  // The names stand in the form of the answer once more; one with a rationale is the longer one.
  const names = JSON.stringify(labelSet.labels.map(({ name }) => name));
  const bytes = Buffer.byteLength(toSystem(labelSet, true)) + Buffer.byteLength(names);
  knownBytes.set(labelSet, bytes);
  return bytes;
}
