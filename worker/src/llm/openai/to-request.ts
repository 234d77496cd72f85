import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import type { ClassifyRequest } from '../adapter.ts';
import { toPrompt } from '../prompt.ts';
import type { Dialect } from './dialect.ts';

export interface ChatSettings {
  model: string;
  maxOutputTokens: number;
  toFormat: (request: ClassifyRequest) => ResponseFormatJSONSchema;
}

/** A classification as a chat completion. */
export function toRequest(
  request: ClassifyRequest,
  { model, maxOutputTokens, toFormat }: ChatSettings,
  { format, limits: [limit], temperature, effort }: Dialect,
): ChatCompletionCreateParamsNonStreaming {
  const { system, turns } = toPrompt(request);
  return {
    model,
    messages: [{ role: 'system', content: system }, ...turns],
    ...(format === 'json_schema' ? { response_format: toFormat(request) } : {}),
    ...(format === 'json_object' ? { response_format: { type: 'json_object' as const } } : {}),
    ...(limit ? { [limit]: maxOutputTokens } : {}),
    ...(temperature ? { temperature: 0 } : {}),
    ...(effort ? { reasoning_effort: effort } : {}),
  };
}
