import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter, ClassifyOutcome } from './adapter.ts';
import { connectionOf } from './testing/connection.ts';
import { describeAnswers } from './testing/contract/answers.ts';
import { describeFaults, type RecordedFault } from './testing/contract/faults.ts';
import { describeInvalidReplies, type RecordedReply } from './testing/contract/invalid-replies.ts';
import { describeTimeLimits } from './testing/contract/time-limits.ts';
import { describeTransport } from './testing/contract/transport.ts';
import type { RemoteSubject } from './testing/contract/subject.ts';
import { labelSetOf, requestOf } from './testing/sample-request.ts';

/** What holds for every adapter, `local` too. `create` makes one that answers by itself. */
export function describeAdapter(name: string, create: () => Promise<Adapter> | Adapter): void {
  describe(`${name}: any adapter`, () => {
    let adapter: Adapter;
    beforeAll(async () => {
      adapter = await create();
    });
    afterAll(() => adapter.close());
    const classify = (request = requestOf()) => adapter.classify(request, AbortSignal.timeout(10_000));

    it('answers with exactly one label of the set and a confidence', async () => {
      const { label, labels, rationale } = resultOf(await classify());
      expect(labels).toHaveLength(1);
      expect(labels[0]).toEqual({ name: label, confidence: expect.any(Number) });
      expect(labels[0]?.confidence).toBeGreaterThan(0);
      expect(labels[0]?.confidence).toBeLessThanOrEqual(1);
      expect(['billing', 'shipping', 'returns']).toContain(label);
      expect(rationale).toBeNull();
    });

    it('answers with labels above the threshold, surest first', async () => {
      const labelSet = labelSetOf(['billing', 'shipping', 'returns'], { multiLabel: true, threshold: 0.1 });
      const { label, labels } = resultOf(await classify(requestOf({ labelSet })));
      const confidences = labels.map(({ confidence }) => confidence);
      expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
      expect(confidences.every((confidence) => confidence >= 0.1 && confidence <= 1)).toBe(true);
      expect(label).toBe(labels[0]?.name ?? null);
    });

    it('ends with a fault when the signal has aborted already', async () => {
      const outcome = await adapter.classify(requestOf(), AbortSignal.abort());
      expect(outcome).toMatchObject({
        ok: false,
        fault: { kind: 'silent', answer: null, retryAfterMs: null },
      });
    });

    it('lists models, or says that it cannot', async () => {
      expect(await adapter.listModels(AbortSignal.timeout(10_000))).toMatchObject({ ok: true });
    });

    it('can be closed twice', async () => {
      await adapter.close();
      await expect(adapter.close()).resolves.toBeUndefined();
    });
  });
}

/** What holds for every adapter that calls a vendor over HTTP, against that vendor's fake. */
export function describeRemoteAdapter(
  subject: RemoteSubject,
  recorded: { faults: Record<string, RecordedFault>; replies: Record<string, RecordedReply> },
): void {
  describeAdapter(subject.name, () => createWithVendor(subject));
  describeAnswers(subject);
  describeFaults(subject, recorded.faults);
  describeInvalidReplies(subject, recorded.replies);
  describeTimeLimits(subject);
  describeTransport(subject);
}

/** An adapter whose vendor ends with it. */
async function createWithVendor(subject: RemoteSubject): Promise<Adapter> {
  const vendor = await subject.startVendor();
  const adapter = subject.create(connectionOf(subject.type, vendor.url), { fetch });
  return { ...adapter, close: () => adapter.close().then(vendor.stop) };
}

function resultOf(outcome: ClassifyOutcome) {
  if (!outcome.ok) throw new Error(`${outcome.fault.kind}: ${outcome.fault.message}`);
  return outcome.result;
}
