import type { FakeVendorOptions } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { describe, expect, it } from 'vitest';
import { ample, type RemoteSubject, useStage } from '../testing/contract/subject.ts';
import { labelSetOf, requestOf } from '../testing/sample-request.ts';
import { createOpenAiCompatibleAdapter } from './client.ts';

const subject: RemoteSubject = {
  name: 'openai-compatible',
  type: 'openai-compatible',
  create: createOpenAiCompatibleAdapter,
  startVendor: startFakeOpenAi,
};

type FindFault = NonNullable<FakeVendorOptions['findFault']>;

const refuseTemperature: FindFault = (body) =>
  'temperature' in body
    ? { status: 400, message: "Unsupported value: 'temperature'", param: 'temperature' }
    : null;

/** A server that knows only these forms of structured output. */
function knowing(...known: string[]): FindFault {
  return ({ response_format: format }) => {
    const type = (format as { type: string } | undefined)?.type;
    if (type === undefined || known.includes(type)) return null;
    return { status: 400, message: `response_format ${type} is not supported`, param: 'response_format' };
  };
}

function formatsOf(requests: { body: Record<string, unknown> }[]) {
  return requests.map(({ body }) => (body.response_format as { type: string } | undefined)?.type);
}

describe('a server without structured output', () => {
  const setUp = useStage(subject);

  it.each([
    ['falls back to plain JSON objects', ['json_object'], ['json_schema', 'json_object', 'json_object']],
    ['falls back to the bare prompt', [], ['json_schema', 'json_object', undefined, undefined]],
  ])('%s, and remembers it', async (_, known, formats) => {
    const { vendor, adapter } = await setUp({ findFault: knowing(...known) });
    for (let call = 0; call < 2; call += 1) {
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({
        ok: true,
        result: { label: 'billing' },
      });
    }
    expect(formatsOf(vendor.requests)).toEqual(formats);
    expect(vendor.requests.at(-1)?.question?.labels).toEqual(['billing', 'shipping', 'returns']);
  });

  it.each<[string, FindFault, (string | undefined)[]]>([
    ['', () => null, ['json_object']],
    [
      ', also where the same call finds out what is refused for good',
      refuseTemperature,
      ['json_object', 'json_object'],
    ],
    [
      ', also where plain JSON objects are refused for good',
      knowing('json_schema'),
      ['json_object', undefined],
    ],
  ])('tries a schema again after one that was invalid by itself%s', async (_, findFault, formats) => {
    const message = "Invalid schema for response_format 'classification': too many values.";
    const { vendor, adapter } = await setUp({
      findFault: (body, headers) =>
        JSON.stringify(body.response_format ?? '').includes('odd')
          ? { status: 400, message, param: 'response_format' }
          : findFault(body, headers),
    });
    await adapter.classify(requestOf({ labelSet: labelSetOf(['odd', 'even']) }), ample());
    await adapter.classify(requestOf(), ample());
    expect(formatsOf(vendor.requests)).toEqual(['json_schema', ...formats, 'json_schema']);
  });

  it('falls back although the error has no known form', async () => {
    const { vendor, adapter } = await setUp();
    const body = { error: "'response_format.type' must be 'text'" };
    vendor.respondWith({ kind: 'status', status: 400, body });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(vendor.requests).toHaveLength(2);
  });

  it('does not go on for ever with a server that refuses everything', async () => {
    const { vendor, adapter } = await setUp();
    const message = 'Unsupported: response_format, temperature, max_tokens, max_completion_tokens';
    vendor.respondAlways({ kind: 'status', status: 400, body: { error: { message } } });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ fault: { kind: 'bad_request' } });
    expect(vendor.requests).toHaveLength(6);
  });
});

describe('a server without a key', () => {
  const setUp = useStage(subject);

  it('is called without an Authorization header', async () => {
    const { vendor, adapter } = await setUp({}, { apiKey: null });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
    expect(await adapter.listModels(ample())).toMatchObject({ ok: true });
    expect(vendor.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });
});

describe('a server without a list of models', () => {
  const setUp = useStage(subject);

  it.each([404, 405, 501])('says with %i that it cannot list them', async (status) => {
    const { vendor, adapter } = await setUp();
    vendor.listModelsWith({ kind: 'status', status });
    expect(await adapter.listModels(ample())).toEqual({ ok: true, models: null });
  });

  it('may give a bare list', async () => {
    const { vendor, adapter } = await setUp();
    vendor.listModelsWith({ kind: 'body', body: [{ id: 'together/one' }] });
    expect(await adapter.listModels(ample())).toEqual({ ok: true, models: ['together/one'] });
  });
});
