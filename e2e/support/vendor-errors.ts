import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import type { VendorType } from './pair.ts';

/** The account has run dry, as each vendor says it: OpenAI by a 429, Anthropic by a 400. */
export const OUT_OF_CREDIT: Record<VendorType, FakeBehaviour> = {
  openai: {
    kind: 'status',
    status: 429,
    body: {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    },
  },
  anthropic: {
    kind: 'status',
    status: 400,
    body: toAnthropicError('Your credit balance is too low to access the Anthropic API.'),
  },
};

export const TOO_LONG: Record<VendorType, FakeBehaviour> = {
  openai: {
    kind: 'status',
    status: 400,
    body: {
      error: {
        message:
          "This model's maximum context length is 8192 tokens. However, your messages have 9001 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
  },
  anthropic: {
    kind: 'status',
    status: 400,
    body: toAnthropicError('prompt is too long: 208310 tokens > 200000 maximum'),
  },
};

/** A reply in the vendor's form, but with nothing in the list that answers are in. */
export const NO_CHOICES: Record<VendorType, FakeBehaviour> = {
  openai: {
    kind: 'body',
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'gpt-4o-mini',
      choices: [],
      usage: { prompt_tokens: 40, completion_tokens: 0, total_tokens: 40 },
    },
  },
  anthropic: { kind: 'empty' },
};

function toAnthropicError(message: string) {
  return { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_1' };
}
