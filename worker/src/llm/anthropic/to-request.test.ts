import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectionOf } from '../testing/connection.ts';
import { ample, useStage } from '../testing/contract/subject.ts';
import { labelSetOf, requestOf } from '../testing/sample-request.ts';
import { createAnthropicAdapter } from './client.ts';

describe('what Anthropic is sent', () => {
  const setUp = useStage({
    name: 'anthropic',
    type: 'anthropic',
    create: createAnthropicAdapter,
    startVendor: startFakeAnthropic,
  });
  afterEach(() => vi.unstubAllEnvs());

  it('binds a model to a schema of the labels, without a temperature', async () => {
    const { vendor, adapter } = await setUp();
    const labelSet = labelSetOf(['a', 'b'], { multiLabel: true });
    vendor.respondWith({ kind: 'answer', answer: [{ name: 'b', confidence: 0.8 }] });
    await adapter.classify(requestOf({ labelSet }), ample());
    const { messages, system, ...rest } = vendor.requests[0]?.body ?? {};
    expect(messages).toHaveLength(1);
    expect(system).toContain('You classify texts.');
    expect(rest).toMatchObject({
      model: 'fake-large',
      max_tokens: 512,
      output_config: {
        format: { type: 'json_schema', schema: { type: 'object', required: ['labels'] } },
      },
    });
    expect(Object.keys(rest).toSorted()).toEqual(['max_tokens', 'model', 'output_config']);
    expect(vendor.requests[0]?.question?.labels).toEqual(['a', 'b']);
  });

  it('takes a bound for which the SDK would want a stream', async () => {
    const { adapter } = await setUp({}, { configuration: { maxOutputTokens: 100_000 } });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
  });

  it('does without structured output where a model refuses it, and remembers that', async () => {
    const { vendor, adapter } = await setUp({
      findFault: refusing("'claude-old' does not support structured outputs (output_config.format)."),
    });
    const together = [adapter.classify(requestOf(), ample()), adapter.classify(requestOf(), ample())];
    expect(await Promise.all(together)).toMatchObject([{ ok: true }, { ok: true }]);
    expect(vendor.requests).toHaveLength(4);
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(vendor.requests).toHaveLength(5);
  });

  it.each([
    'output_config.format.schema: Schema is too complex.',
    'The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or reduce the number of strict tools.',
  ])('goes on with schemas after one that was too much: %s', async (message) => {
    const findFault = refusing(message);
    const { vendor, adapter } = await setUp({ findFault });
    await adapter.classify(requestOf(), ample());
    await adapter.classify(requestOf(), ample());
    expect(vendor.requests.map(({ body }) => 'output_config' in body)).toEqual([true, false, true, false]);
  });

  it('takes nothing from the environment', async () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9/elsewhere');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-of-somebody');
    vi.stubEnv('ANTHROPIC_API_KEY', 'key-of-somebody');
    const { vendor, adapter } = await setUp({ apiKey: 'sk-test-8f2c61d09a-secret' });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(JSON.stringify(vendor.requests[0]?.headers)).not.toContain('of-somebody');
  });

  it('goes to the vendor itself where no base URL is set', async () => {
    const reached = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('fetch failed')));
    const connection = { ...connectionOf('anthropic', ''), baseUrl: null };
    const outcome = await createAnthropicAdapter(connection, { fetch: reached }).classify(
      requestOf(),
      ample(),
    );
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'network' } });
    expect(reached.mock.calls[0]?.[0]).toBe('https://api.anthropic.com/v1/messages');
  });

  it('is not called without a key', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'key-of-somebody');
    const reached = vi.fn<typeof fetch>();
    const connection = connectionOf('anthropic', 'http://127.0.0.1:9', { apiKey: null });
    const adapter = createAnthropicAdapter(connection, { fetch: reached });
    const outcome = await adapter.classify(requestOf(), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'unauthenticated' } });
    expect(reached).not.toHaveBeenCalled();
  });
});

function refusing(message: string) {
  return (body: Record<string, unknown>) => ('output_config' in body ? { status: 400, message } : null);
}
