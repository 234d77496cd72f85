import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { Adapter, ClassifyOutcome, ClassifyRequest, Fault, ModelsOutcome } from '../llm/adapter.ts';

/** What a fake provider does with one call. */
export type Behaviour = (
  request: ClassifyRequest,
  signal: AbortSignal,
) => Promise<ClassifyOutcome> | ClassifyOutcome;

export interface FakeProvider {
  /** What was asked of it, in order. */
  calls: ClassifyRequest[];
  /** How often an adapter of it was closed. */
  closed: number;
  /** What it does from now on: one after the other, the last one for ever. */
  will(...behaviours: Behaviour[]): void;
  /** What its list of models answers. */
  models: (signal: AbortSignal) => Promise<ModelsOutcome> | ModelsOutcome;
  createAdapter(model: string): Adapter;
}

const USAGE = { inputTokens: 100, outputTokens: 10, cachedInputTokens: 0 };

/** A provider that does what a test tells it; at first it answers the first label. */
export function createFakeProvider(): FakeProvider {
  let script: Behaviour[] = [];
  const fake: FakeProvider = {
    calls: [],
    closed: 0,
    models: () => ({ ok: true, models: ['fake-model'] }),
    will(...behaviours) {
      script = behaviours;
    },
    createAdapter: (model) => ({
      model,
      async classify(request, signal) {
        fake.calls.push(request);
        const behaviour = (script.length > 1 ? script.shift() : script[0]) ?? answer();
        return behaviour(request, signal);
      },
      listModels: async (signal) => fake.models(signal),
      async close() {
        fake.closed += 1;
      },
    }),
  };
  return fake;
}

/** Answers a label; the first of the set where none is given. */
export const answer =
  (label?: string): Behaviour =>
  ({ labelSet }) => {
    const name = label ?? labelSet.labels[0]?.name ?? '';
    const result = { label: name, labels: [{ name, confidence: 0.9 }], rationale: null };
    return { ok: true, result, usage: USAGE, requestId: 'req_ok', status: 200 };
  };

export const fail =
  (kind: FaultKind, fault: Partial<Fault> = {}): Behaviour =>
  () => ({ ok: false, fault: toFault(kind, fault) });

/** Says nothing until it is cut. */
export const stayAway: Behaviour = (_, signal) =>
  new Promise((resolve) => {
    const end = () => resolve({ ok: false, fault: toFault('silent', {}) });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

/** Waits until the test lets it go on. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const behind =
    (behaviour: Behaviour): Behaviour =>
    async (request, signal) => {
      await promise;
      return behaviour(request, signal);
    };
  return { open: resolve, behind };
}

export function toFault(kind: FaultKind, fault: Partial<Fault> = {}): Fault {
  return {
    kind,
    message: `It was ${kind}.`,
    status: null,
    requestId: null,
    retryAfterMs: null,
    usage: null,
    answer: null,
    ...fault,
  };
}
