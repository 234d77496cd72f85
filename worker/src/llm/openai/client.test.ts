import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { describeRemoteAdapter } from '../adapter-contract.ts';
import faults from './__fixtures__/errors.json' with { type: 'json' };
import replies from './__fixtures__/replies.json' with { type: 'json' };
import { createOpenAiAdapter } from './client.ts';

describeRemoteAdapter(
  { name: 'openai', type: 'openai', create: createOpenAiAdapter, startVendor: startFakeOpenAi },
  {
    faults,
    replies: {
      answer: {
        body: replies.answer,
        expected: {
          ok: true,
          result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.94 }] },
          usage: { inputTokens: 1500, outputTokens: 17, cachedInputTokens: 1280 },
        },
      },
      refusal: {
        body: replies.refusal,
        expected: { fault: { kind: 'content_filter', usage: { inputTokens: 1500 }, answer: null } },
      },
      cut: {
        body: replies.cut,
        expected: {
          fault: {
            kind: 'invalid_output',
            message: 'The answer was cut at the token limit.',
            usage: { outputTokens: 17 },
            answer: '{"label":"bil',
          },
        },
      },
      reasoned_to_the_limit: {
        body: replies.reasoned_to_the_limit,
        expected: { fault: { kind: 'invalid_output', usage: { outputTokens: 512 }, answer: null } },
      },
      filtered: { body: replies.filtered, expected: { fault: { kind: 'content_filter' } } },
      no_choices: {
        body: replies.no_choices,
        expected: { fault: { kind: 'invalid_output', usage: { inputTokens: 40 }, answer: null } },
      },
    },
  },
);
