import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import { describeRemoteAdapter } from '../adapter-contract.ts';
import faults from './__fixtures__/errors.json' with { type: 'json' };
import replies from './__fixtures__/replies.json' with { type: 'json' };
import { createAnthropicAdapter } from './client.ts';

describeRemoteAdapter(
  { name: 'anthropic', type: 'anthropic', create: createAnthropicAdapter, startVendor: startFakeAnthropic },
  {
    faults,
    replies: {
      answer: {
        body: replies.answer,
        expected: {
          ok: true,
          result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.94 }] },
          usage: { inputTokens: 2009, outputTokens: 19, cachedInputTokens: 1800 },
        },
      },
      thought_and_answered: {
        body: replies.thought_and_answered,
        expected: { ok: true, result: { label: 'billing' } },
      },
      refusal: {
        body: replies.refusal,
        expected: {
          fault: {
            kind: 'content_filter',
            message: 'The model declined: This may enable biological harm.',
            usage: { inputTokens: 2009 },
            answer: null,
          },
        },
      },
      cut: {
        body: replies.cut,
        expected: {
          fault: {
            kind: 'invalid_output',
            message: 'The answer was cut at the token limit.',
            usage: { outputTokens: 19 },
            answer: '{"label":"bil',
          },
        },
      },
      window_exceeded: {
        body: replies.window_exceeded,
        expected: { fault: { kind: 'context_length', usage: { inputTokens: 2009 } } },
      },
      no_words: { body: replies.no_words, expected: { fault: { kind: 'invalid_output', answer: null } } },
    },
  },
);
