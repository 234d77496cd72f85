import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateAdapter } from './adapter.ts';
import { createAnthropicAdapter } from './anthropic/client.ts';
import { createOpenAiCompatibleAdapter } from './openai-compatible/client.ts';
import { createOpenAiAdapter } from './openai/client.ts';
import { connectionOf } from './testing/connection.ts';
import { ample } from './testing/contract/subject.ts';
import { requestOf } from './testing/sample-request.ts';

const ADAPTERS: ['openai' | 'anthropic' | 'openai-compatible', CreateAdapter][] = [
  ['openai', createOpenAiAdapter],
  ['anthropic', createAnthropicAdapter],
  ['openai-compatible', createOpenAiCompatibleAdapter],
];

describe("an independent implementation of the vendors' protocols", () => {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' });
  beforeAll(async () => {
    mock.onMessage('billing', { content: '{"label":"billing","confidence":0.75}' });
    mock.onMessage('decline', {
      error: { message: 'Rate limit reached', type: 'rate_limit_error' },
      status: 429,
    });
    await mock.start();
  });
  afterAll(() => mock.stop());

  it.each(ADAPTERS)('answers %s', async (type, create) => {
    const adapter = create(connectionOf(type, mock.url), { fetch });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({
      ok: true,
      result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.75 }] },
      usage: { inputTokens: expect.any(Number) },
    });
    expect(await adapter.classify(requestOf({ text: 'decline this' }), ample())).toMatchObject({
      ok: false,
      fault: { kind: 'rate_limited', status: 429 },
    });
    expect(await adapter.listModels(ample())).toMatchObject({ ok: true });
  });
});
