import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectionOf } from '../testing/connection.ts';
import { ample, useStage } from '../testing/contract/subject.ts';
import { requestOf } from '../testing/sample-request.ts';
import { createOpenAiAdapter } from './client.ts';

describe('what OpenAI is sent', () => {
  const setUp = useStage({
    name: 'openai',
    type: 'openai',
    create: createOpenAiAdapter,
    startVendor: startFakeOpenAi,
  });
  afterEach(() => vi.unstubAllEnvs());

  it('binds a model to a strict schema of the labels', async () => {
    const { vendor, adapter } = await setUp({}, { configuration: { model: 'gpt-4o-mini' } });
    await adapter.classify(requestOf({ explain: true }), ample());
    const { messages, ...rest } = vendor.requests[0]?.body ?? {};
    expect(messages).toHaveLength(2);
    expect(rest).toEqual({
      model: 'gpt-4o-mini',
      max_completion_tokens: 512,
      temperature: 0,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'classification',
          strict: true,
          schema: {
            $schema: 'http://json-schema.org/draft-07/schema#',
            type: 'object',
            properties: {
              rationale: { type: 'string' },
              label: { type: 'string', enum: ['billing', 'shipping', 'returns'] },
              confidence: { type: 'number', description: 'From 0 to 1.' },
            },
            required: ['rationale', 'label', 'confidence'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it.each(['gpt-5-mini', 'o3-mini'])('suits the reasoning model %s at the first try', async (model) => {
    const { vendor, adapter } = await setUp({}, { configuration: { model } });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(vendor.requests).toHaveLength(1);
    expect(vendor.requests[0]?.body).toMatchObject({ reasoning_effort: 'low' });
  });

  it('learns within one call what a model that nobody knew refuses', async () => {
    const findFault = (body: Record<string, unknown>) =>
      'temperature' in body
        ? { status: 400, message: "Unsupported value: 'temperature'", param: 'temperature' }
        : null;
    const { vendor, adapter } = await setUp({ findFault }, { configuration: { model: 'omega-1' } });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(vendor.requests.map(({ body }) => 'temperature' in body)).toEqual([true, false, false]);
  });

  it('takes nothing from the environment', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/elsewhere');
    vi.stubEnv('OPENAI_ORG_ID', 'org-of-somebody');
    vi.stubEnv('OPENAI_PROJECT_ID', 'project-of-somebody');
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-somebody');
    const { vendor, adapter } = await setUp();
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(JSON.stringify(vendor.requests[0]?.headers)).not.toContain('of-somebody');
  });

  it('goes to the vendor itself where no base URL is set', async () => {
    const reached = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('fetch failed')));
    const connection = { ...connectionOf('openai', ''), baseUrl: null };
    const outcome = await createOpenAiAdapter(connection, { fetch: reached }).classify(requestOf(), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'network' } });
    expect(reached.mock.calls[0]?.[0]).toBe('https://api.openai.com/v1/chat/completions');
  });

  it.each([
    [401, 'Missing scopes: api.model.read. Check that you have the correct role', { ok: true, models: null }],
    [403, 'Missing scopes: api.model.read.', { ok: true, models: null }],
    [401, 'Missing scopes: model.request.', { ok: false }],
    [401, 'Incorrect API key provided', { ok: false }],
  ])('lists nothing to a key that may do all but that (%i, %s)', async (status, why, expected) => {
    const { vendor, adapter } = await setUp();
    const message = `You have insufficient permissions for this operation. ${why}`;
    vendor.listModelsWith({ kind: 'status', status, body: { error: { message } } });
    expect(await adapter.listModels(ample())).toMatchObject(expected);
  });

  it('is not called without a key', async () => {
    const reached = vi.fn<typeof fetch>();
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-somebody');
    const connection = connectionOf('openai', 'http://127.0.0.1:9', { apiKey: null });
    const adapter = createOpenAiAdapter(connection, { fetch: reached });
    const expected = {
      ok: false,
      fault: { kind: 'unauthenticated', message: 'The provider has no API key.' },
    };
    expect(await adapter.classify(requestOf(), ample())).toMatchObject(expected);
    expect(await adapter.listModels(ample())).toMatchObject(expected);
    expect(reached).not.toHaveBeenCalled();
  });
});
