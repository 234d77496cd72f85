import type { AttemptPrice } from '../llm/pricing.ts';
import type { ClassifyRequest } from '../llm/adapter.ts';
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
/** The instructions and the form of the answer, which come with every request. */
const PROMPT_BYTES = 2_000;

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

function countBytes({ text, labelSet, repair }: ClassifyRequest): number {
  // A label stands in the prompt and in the schema of the answer.
  const labels = labelSet.labels.map(({ name, description, examples }) =>
    [name, name, description ?? '', ...examples].join('\n'),
  );
  const parts = [text, labelSet.instructions ?? '', repair?.answer ?? '', repair?.problem ?? '', ...labels];
  return PROMPT_BYTES + parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}
