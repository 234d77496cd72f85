import type { FakeBehaviour } from '@understudy/shared/testing/fake-vendors/behaviour';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import { describe, expect, it } from 'vitest';
import { requestOf } from '../sample-request.ts';
import { ample, type RemoteSubject, useStage } from './subject.ts';

/** A reply with status 200 as a vendor documents it or users have reported it, and what is to come of it. */
export interface RecordedReply {
  body: unknown;
  expected: object;
}

const INVALID: [string, FakeBehaviour, FaultKind][] = [
  ['a body that is no JSON', { kind: 'malformed' }, 'invalid_output'],
  ['a page', { kind: 'html' }, 'invalid_output'],
  ['an empty body', { kind: 'body', body: '' }, 'invalid_output'],
  ['JSON that is no reply', { kind: 'body', body: ['?'] }, 'invalid_output'],
  ['null', { kind: 'body', body: 'null' }, 'invalid_output'],
  ['a reply without words', { kind: 'empty' }, 'invalid_output'],
  ['an answer cut at the token limit', { kind: 'cut' }, 'invalid_output'],
  ['words that are no JSON', { kind: 'say', content: 'I would say billing.' }, 'invalid_output'],
  ['JSON of another form', { kind: 'say', content: '{"category":"billing"}' }, 'invalid_output'],
  ['a label outside the set', { kind: 'say', content: '{"label":"x","confidence":1}' }, 'invalid_output'],
  [
    'a confidence beyond 1',
    { kind: 'say', content: '{"label":"billing","confidence":97}' },
    'invalid_output',
  ],
  ['a refusal', { kind: 'refuse', reason: 'This I cannot do.' }, 'content_filter'],
  ['an answer that a filter took away', { kind: 'filter' }, 'content_filter'],
];

export function describeInvalidReplies(
  subject: RemoteSubject,
  recorded: Record<string, RecordedReply>,
): void {
  describe(`${subject.name}: invalid replies`, () => {
    const setUp = useStage(subject);

    it.each(INVALID)('takes %s for a fault', async (_, behaviour, kind) => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith(behaviour);
      const outcome = await adapter.classify(requestOf(), ample());
      expect(outcome).toMatchObject({ ok: false, fault: { kind, status: 200, requestId: 'req_fake000001' } });
      expect(vendor.requests).toHaveLength(1);
    });

    it.each(Object.entries(recorded))('reads the reply %s', async (_, { body, expected }) => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith({ kind: 'body', body });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject(expected);
    });

    it('hands over an unusable answer for repair, with what it used', async () => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith({ kind: 'say', content: '{"label":"x","confidence":1}' });
      const outcome = await adapter.classify(requestOf(), ample());
      expect(outcome).toMatchObject({
        ok: false,
        fault: {
          message: 'The answer is not valid. The label "x" is not one of the given labels.',
          answer: '{"label":"x","confidence":1}',
          usage: { outputTokens: 7 },
        },
      });
    });

    it('has nothing to repair where the model said nothing', async () => {
      const { vendor, adapter } = await setUp();
      vendor.respondAlways({ kind: 'empty' });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({ fault: { answer: null } });
      vendor.respondAlways({ kind: 'refuse' });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({ fault: { answer: null } });
    });

    it('says why the model declined, without the text', async () => {
      const { vendor, adapter } = await setUp();
      const text = 'A text that nobody but the client and the model may ever read.';
      vendor.respondWith({ kind: 'refuse', reason: `I will not classify "${text}" for you.` });
      const outcome = await adapter.classify(requestOf({ text }), ample());
      const message = 'The model declined: I will not classify "[text]" for you.';
      expect(outcome).toMatchObject({ ok: false, fault: { kind: 'content_filter', message } });
    });

    it('takes a body without end for a fault, and lets go of it', async () => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith({ kind: 'body', body: `"${'x'.repeat(17 * 1024 * 1024)}"` });
      const outcome = await adapter.classify(requestOf(), ample());
      expect(outcome).toMatchObject({ ok: false, fault: { kind: 'invalid_output' } });
    });

    it.each([
      ['a page', { kind: 'html' }],
      ['an empty body', { kind: 'body', body: '' }],
      ['another object', { kind: 'body', body: { hello: 'world' } }],
      ['broken JSON', { kind: 'body', body: '{"data":[' }],
    ] satisfies [string, FakeBehaviour][])(
      'takes %s in place of models for a fault',
      async (_, behaviour) => {
        const { vendor, adapter } = await setUp();
        vendor.listModelsWith(behaviour);
        const outcome = await adapter.listModels(ample());
        expect(outcome).toMatchObject({ ok: false, fault: { kind: 'invalid_output', status: 200 } });
      },
    );
  });
}
