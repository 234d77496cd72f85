import type { FakeBehaviour } from '@understudy/shared/testing/fake-vendors/behaviour';
import { describe, expect, it } from 'vitest';
import { requestOf } from '../sample-request.ts';
import { ample, type RemoteSubject, useStage } from './subject.ts';

const BEGUN: [string, FakeBehaviour][] = [
  ['a body that stalls', { kind: 'stall' }],
  ['a byte a second', { kind: 'drip', everyMs: 1_000 }],
];

export function describeTimeLimits(subject: RemoteSubject): void {
  describe(`${subject.name}: time limits`, () => {
    const setUp = useStage(subject);
    endsAtTheLimit(setUp);
    endsNothingElse(setUp);
  });
}

type SetUp = ReturnType<typeof useStage>;

function endsAtTheLimit(setUp: SetUp): void {
  it('ends a silent call, and hangs up', async () => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'hang' });
    const limit = new AbortController();
    const arriving = vendor.nextRequest();
    const call = adapter.classify(requestOf(), limit.signal);
    const request = await arriving;
    limit.abort();
    expect(await call).toMatchObject({
      ok: false,
      fault: { kind: 'silent', status: null, requestId: null },
    });
    await request.droppedByClient;
  });

  it.each(BEGUN)('ends %s at its limit, and hangs up', async (_, behaviour) => {
    const { vendor, adapter, headersArrived } = await setUp();
    vendor.respondWith(behaviour);
    const limit = new AbortController();
    const arriving = vendor.nextRequest();
    const headers = headersArrived();
    const call = adapter.classify(requestOf(), limit.signal);
    const request = await arriving;
    await headers;
    limit.abort();
    const outcome = await call;
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'timeout', requestId: 'req_fake000001' } });
    await request.droppedByClient;
  });

  it.each([200, 503])('binds the body of a list of models, and of an error (%i)', async (status) => {
    const { vendor, adapter, headersArrived } = await setUp();
    vendor.breakDown({ kind: 'stall', status });
    for (const call of [adapter.listModels, (signal: AbortSignal) => adapter.classify(requestOf(), signal)]) {
      const limit = new AbortController();
      const [arriving, headers] = [vendor.nextRequest(), headersArrived()];
      const ending = call(limit.signal);
      const request = await arriving;
      await headers;
      limit.abort();
      expect(await ending).toMatchObject({ ok: false, fault: { kind: 'timeout' } });
      await request.droppedByClient;
    }
  });

  it('takes headers that come too late for silence', async () => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'delay', ms: 60_000 });
    const limit = new AbortController();
    const arriving = vendor.nextRequest();
    const call = adapter.classify(requestOf(), limit.signal);
    const request = await arriving;
    limit.abort();
    expect(await call).toMatchObject({ ok: false, fault: { kind: 'silent', status: null } });
    await request.droppedByClient;
  });

  it.each([
    ['silence', { kind: 'hang' }, 'silent'],
    ['a drip', { kind: 'drip', everyMs: 20 }, 'timeout'],
  ] satisfies [string, FakeBehaviour, string][])(
    'keeps a real limit against %s',
    async (_, behaviour, kind) => {
      const { vendor, adapter } = await setUp();
      vendor.breakDown(behaviour);
      const outcome = await adapter.classify(requestOf(), AbortSignal.timeout(300));
      expect(outcome).toMatchObject({ ok: false, fault: { kind } });
    },
  );
}

function endsNothingElse(setUp: SetUp): void {
  it('waits for a slow answer that keeps its limit', async () => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'drip', everyMs: 1 });
    expect(await adapter.classify(requestOf(), ample())).toMatchObject({ ok: true });
  });

  it('leaves other calls alone when one is cancelled', async () => {
    const { vendor, adapter } = await setUp();
    vendor.respondWith({ kind: 'hang' }, { kind: 'delay', ms: 50 });
    const cancelled = new AbortController();
    const arriving = vendor.nextRequest();
    const hanging = adapter.classify(requestOf(), cancelled.signal);
    await arriving;
    const answered = adapter.classify(requestOf(), ample());
    cancelled.abort(new Error('the job was cancelled'));
    expect(await hanging).toMatchObject({ ok: false, fault: { kind: 'silent' } });
    expect(await answered).toMatchObject({ ok: true });
  });

  it('sends nothing when its signal has aborted before', async () => {
    const { vendor, adapter } = await setUp();
    const outcome = await adapter.classify(requestOf(), AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'silent' } });
    expect(vendor.requests).toHaveLength(0);
  });
}
