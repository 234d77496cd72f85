import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnthropicAdapter } from './anthropic/client.ts';
import { forgetVendorVariables } from './forget-vendor-variables.ts';
import { createOpenAiAdapter } from './openai/client.ts';
import { createOpenAiCompatibleAdapter } from './openai-compatible/client.ts';
import { ample, type RemoteSubject, useStage } from './testing/contract/subject.ts';
import { requestOf } from './testing/sample-request.ts';

const API_KEY = 'sk-test-8f2c61d09a-secret';
const HEADERS = 'Authorization: Bearer of-somebody\nX-Api-Key: of-somebody\nX-Gateway: of-somebody';
const variables = { ...process.env };
afterEach(() => {
  vi.unstubAllEnvs();
  Object.assign(process.env, variables);
});

const startVendor = startFakeOpenAi;
const SUBJECTS: RemoteSubject[] = [
  { name: 'openai', type: 'openai', create: createOpenAiAdapter, startVendor },
  {
    name: 'openai-compatible',
    type: 'openai-compatible',
    create: createOpenAiCompatibleAdapter,
    startVendor,
  },
  { name: 'anthropic', type: 'anthropic', create: createAnthropicAdapter, startVendor: startFakeAnthropic },
];

describe.each(SUBJECTS)('$name, where headers for every call were set', (subject) => {
  const setUp = useStage(subject);

  it('is sent its own key and none of these', async () => {
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', HEADERS);
    vi.stubEnv('ANTHROPIC_CUSTOM_HEADERS', HEADERS);
    forgetVendorVariables(process.env);
    const { vendor, adapter } = await setUp({ apiKey: API_KEY }, { apiKey: API_KEY });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(await adapter.listModels(ample())).toMatchObject({ ok: true });
    expect(JSON.stringify(vendor.requests.map(({ headers }) => headers))).not.toContain('of-somebody');
  });
});

it('leaves everything else where it is', () => {
  const env = { OPENAI_LOG: 'debug', ANTHROPIC_BASE_URL: 'http://elsewhere', LOG_LEVEL: 'info' };
  forgetVendorVariables(env);
  expect(env).toEqual({ LOG_LEVEL: 'info' });
});
