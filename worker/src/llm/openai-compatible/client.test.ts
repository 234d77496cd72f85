import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { describeRemoteAdapter } from '../adapter-contract.ts';
import faults from './__fixtures__/errors.json' with { type: 'json' };
import replies from './__fixtures__/replies.json' with { type: 'json' };
import { createOpenAiCompatibleAdapter } from './client.ts';

describeRemoteAdapter(
  {
    name: 'openai-compatible',
    type: 'openai-compatible',
    create: createOpenAiCompatibleAdapter,
    startVendor: startFakeOpenAi,
  },
  {
    faults,
    replies: {
      openrouter_error: {
        body: replies.openrouter_error,
        expected: { fault: { kind: 'server_error', status: 502, message: 'Provider returned error' } },
      },
      openrouter_choice_error: {
        body: replies.openrouter_choice_error,
        expected: { fault: { kind: 'server_error', message: 'Upstream idle' } },
      },
      openrouter_choice_limit: {
        body: replies.openrouter_choice_limit,
        expected: { fault: { kind: 'rate_limited' } },
      },
      xai_reasoning: {
        body: replies.xai_reasoning,
        expected: { ok: true, usage: { inputTokens: 10_120, outputTokens: 4_308, cachedInputTokens: 0 } },
      },
      thinking_aloud: {
        body: replies.thinking_aloud,
        expected: { ok: true, result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.8 }] } },
      },
      gemini_blocked_prompt: {
        body: replies.gemini_blocked_prompt,
        expected: { fault: { kind: 'content_filter', usage: { inputTokens: 90 } } },
      },
      gemini_recitation: {
        body: replies.gemini_recitation,
        expected: { fault: { kind: 'content_filter' } },
      },
      gemini_safety: {
        body: replies.gemini_safety,
        expected: { fault: { kind: 'content_filter', answer: null } },
      },
      gemini_cut: {
        body: replies.gemini_cut,
        expected: { fault: { kind: 'invalid_output', cause: 'cut' } },
      },
      zhipu_sensitive: { body: replies.zhipu_sensitive, expected: { fault: { kind: 'content_filter' } } },
      parts: { body: replies.parts, expected: { ok: true, result: { label: 'billing' }, usage: null } },
    },
  },
);
