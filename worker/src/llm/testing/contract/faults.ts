import type { FaultKind } from '@understudy/shared/contracts/fault';
import { describe, expect, it } from 'vitest';
import { labelSetOf, requestOf } from '../sample-request.ts';
import { ample, type RemoteSubject, useStage } from './subject.ts';

/** An error response as a vendor documents it or users have reported it. */
export interface RecordedFault {
  status: number;
  kind: string;
  body: unknown;
}

const BY_STATUS: [number, FaultKind][] = [
  [301, 'server_error'],
  [400, 'bad_request'],
  [401, 'unauthenticated'],
  [402, 'quota'],
  [403, 'forbidden'],
  [404, 'bad_request'],
  [409, 'bad_request'],
  [413, 'context_length'],
  [422, 'bad_request'],
  [429, 'rate_limited'],
  [500, 'server_error'],
  [502, 'server_error'],
  [503, 'server_error'],
  [504, 'server_error'],
  [520, 'server_error'],
  [529, 'overloaded'],
  [599, 'server_error'],
  [999, 'server_error'],
];

const RETRY_AFTER: [string, Record<string, string>, number | null][] = [
  ['seconds', { 'retry-after': '20' }, 20_000],
  ['parts of a second', { 'retry-after': '0.25' }, 250],
  ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
  ['a date gone by', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ['nonsense', { 'retry-after': 'soon' }, null],
  ['nothing', {}, null],
];

export function describeFaults(subject: RemoteSubject, recorded: Record<string, RecordedFault>): void {
  describe(`${subject.name}: faults`, () => {
    const setUp = useStage(subject);
    knowsFaults(setUp, recorded);
    keepsSecrets(setUp);
  });
}

type SetUp = ReturnType<typeof useStage>;

function knowsFaults(setUp: SetUp, recorded: Record<string, RecordedFault>): void {
  it.each(BY_STATUS)('takes a bare %i for %s', async (status, kind) => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'status', status, body: '' });
    const outcome = await adapter.classify(requestOf(), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind, status, usage: null, answer: null } });
    expect(vendor.requests).toHaveLength(1);
  });

  it.each(Object.entries(recorded))('knows %s for what it is', async (_, { status, kind, body }) => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'status', status, body });
    const outcome = await adapter.classify(requestOf(), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind, status, requestId: 'req_fake000001' } });
    expect(vendor.requests).toHaveLength(1);
  });

  it.each(RETRY_AFTER)('reads a Retry-After of %s', async (_, headers, retryAfterMs) => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'status', status: 429, headers });
    const outcome = await adapter.classify(requestOf(), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'rate_limited', retryAfterMs } });
  });

  it('reads a Retry-After of a date to come', async () => {
    const { vendor, adapter } = await setUp();
    const headers = { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() };
    vendor.respondWith({ kind: 'status', status: 429, headers });
    const outcome = await adapter.classify(requestOf(), ample());
    if (outcome.ok) throw new Error('expected a fault');
    // Less than the hour by the time of the call, and longer than any machine needs for that.
    expect(outcome.fault.retryAfterMs).toBeGreaterThan(1_800_000);
    expect(outcome.fault.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  it('judges a fault by what the vendor says, not by what it was told', async () => {
    const { vendor, adapter } = await setUp();
    const text = 'My credit balance: insufficient funds, billing error. The context length was flagged.';
    const labelSet = labelSetOf(['content policy', 'insufficient_quota', 'other']);
    for (const echo of [
      `Cannot read ${text}`,
      `Cannot read ${text.slice(3, 50)}`,
      `Cannot read 'credit balance'`,
      'Not allowed in this place: content policy, insufficient_quota',
    ]) {
      vendor.respondWith({ kind: 'status', status: 400, body: { error: { message: echo } } });
      const outcome = await adapter.classify(requestOf({ text, labelSet }), ample());
      expect(outcome).toMatchObject({ ok: false, fault: { kind: 'bad_request' } });
    }
  });

  it.each([
    ['no', 'API key not valid. Please pass a valid API key.', 'unauthenticated'],
    ['i', 'Your credit balance is too low to access the API.', 'quota'],
  ])('judges it so for the text %j, too, which most words have in them', async (text, message, kind) => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'status', status: 400, body: { error: { message } } });
    const outcome = await adapter.classify(requestOf({ text }), ample());
    expect(outcome).toMatchObject({ ok: false, fault: { kind, message: `400: ${message}` } });
  });

  it('is answered again after a fault', async () => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'status', status: 503 }, { kind: 'answer' });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: false });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
  });
}

function keepsSecrets(setUp: SetUp): void {
  it('shows neither the key nor the text, although the vendor repeats both', async () => {
    const apiKey = 'sk-live-Zq81-very-private-0042';
    const { vendor, adapter } = await setUp({}, { apiKey });
    const text = 'My name is Ada Lovelace and my card number is 4000 1234 5678 9010, why was it declined?';
    const echo = `Bad input "${text}" (also: card number is 4000 1234 5678) for key ${apiKey} (sk-live-****0042, ends in private-0042).`;
    vendor.respondAlways({ kind: 'status', status: 400, body: { error: { message: echo, type: 'x' } } });
    const outcome = await adapter.classify(requestOf({ text }), ample());
    if (outcome.ok) throw new Error('expected a fault');
    expect(outcome.fault.message).toContain('Bad input');
    for (const secret of ['Lovelace', '4000 1234', 'Zq81', '0042', 'very-private']) {
      expect(outcome.fault.message).not.toContain(secret);
    }
    vendor.listModelsWith({ kind: 'status', status: 401, body: { error: { message: echo } } });
    const listing = await adapter.listModels(ample());
    expect(listing).toMatchObject({ ok: false, fault: { kind: 'unauthenticated' } });
    expect(JSON.stringify(listing)).not.toContain('Zq81');
  });

  it('masks the key in a vendor that lets nobody in', async () => {
    const { adapter } = await setUp({ apiKey: 'another-key' });
    const outcome = await adapter.classify(requestOf(), ample());
    if (outcome.ok) throw new Error('expected a fault');
    expect(outcome.fault).toMatchObject({ kind: 'unauthenticated', status: 401 });
    expect(outcome.fault.message).toBe('401: Incorrect API key provided: [key]');
  });

  it('bounds a message', async () => {
    const { vendor, adapter } = await setUp();
    const body = { error: { message: 'no '.repeat(40_000) } };
    vendor.respondWith({ kind: 'status', status: 500, body });
    const outcome = await adapter.classify(requestOf(), ample());
    if (outcome.ok) throw new Error('expected a fault');
    expect(outcome.fault.kind).toBe('server_error');
    expect(outcome.fault.message.length).toBeLessThanOrEqual(500);
  });
}
