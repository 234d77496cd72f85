import { zodResponseFormat } from 'openai/helpers/zod';
import { keepFormats } from '../../../worker/src/llm/answer-schema.ts';
import { openAiDialect } from '../../../worker/src/llm/openai/dialect.ts';
import { toRequest } from '../../../worker/src/llm/openai/to-request.ts';
import { LABELS, MODEL } from '../bed/workload.ts';

const MAX_OUTPUT_TOKENS = 512;

/** Byte for byte what the product sends for a job of the benchmark with this text. */
export function createRequest(text: string) {
  const labels = LABELS.map((name) => ({ name, description: null, examples: [] }));
  const labelSet = { labels, instructions: null, multiLabel: false, threshold: null, cacheKey: null };
  const toFormat = keepFormats((schema) => zodResponseFormat(schema, 'classification'));
  const settings = { model: MODEL, maxOutputTokens: MAX_OUTPUT_TOKENS, toFormat };
  return toRequest({ text, labelSet, explain: false, repair: null }, settings, openAiDialect(MODEL));
}
