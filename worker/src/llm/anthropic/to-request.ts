import type { JSONOutputFormat, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { ClassifyRequest } from '../adapter.ts';
import { toPrompt } from '../prompt.ts';

export interface MessageSettings {
  model: string;
  maxOutputTokens: number;
  toFormat: (request: ClassifyRequest) => JSONOutputFormat;
}

/** A classification as a message; this API has no temperature. */
export function toRequest(
  request: ClassifyRequest,
  { model, maxOutputTokens, toFormat }: MessageSettings,
  structured: boolean,
): MessageCreateParamsNonStreaming {
  const { system, turns } = toPrompt(request);
  return {
    model,
    max_tokens: maxOutputTokens,
    system,
    messages: turns,
    ...(structured ? { output_config: { format: toFormat(request) } } : {}),
  };
}
