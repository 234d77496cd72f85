import { FAULT_POLICIES } from './faults.ts';
import type { Adapter, ClassifyOutcome, ClassifyRequest, Fault } from '../llm/adapter.ts';
import { OVERSTAYED } from '../llm/overstayed.ts';

/** How one call ended, as the dispatcher sees it. */
export type CallOutcome =
  | (Extract<ClassifyOutcome, { ok: true }> & { kind: 'answered' })
  | { kind: 'faulted'; fault: Fault }
  /** The caller's signal ended it: that says nothing about the provider. */
  | { kind: 'aborted' }
  /** The adapter threw, which is an error of ours. */
  | { kind: 'defect'; error: unknown };

interface Call {
  adapter: Adapter;
  request: ClassifyRequest;
  /** The call, to its answer's last byte, is ended after this long. */
  limitMs: number;
  /** The caller's: a lost claim, a cancelled job, a stopping process. */
  signal: AbortSignal;
  /** Ends the call as its limit would, only earlier. */
  cut?: AbortSignal;
}

/** How long an adapter may take to end after its signal aborted, before its call is left behind. */
const ABORT_GRACE_MS = 200;

/** Makes one call under one signal that goes down to the socket. Never throws, and always ends in time. */
export async function callAdapter({ adapter, request, limitMs, signal, cut }: Call): Promise<CallOutcome> {
  const limit = new AbortController();
  const overstayed = Promise.withResolvers<ClassifyOutcome>();
  const end = (reason: unknown) => {
    clearTimeout(timer);
    limit.abort(reason);
    // An adapter that does not end when it must may not hold its job for ever.
    timer = setTimeout(() => overstayed.resolve(OVERSTAYED), ABORT_GRACE_MS);
  };
  let timer = setTimeout(() => end(new Error('The time of the attempt is up')), limitMs);
  const abort = () => end(signal.reason);
  const cutShort = () => end(cut?.reason);
  signal.addEventListener('abort', abort, { once: true });
  cut?.addEventListener('abort', cutShort, { once: true });
  if (signal.aborted || cut?.aborted) abort();
  try {
    const outcome = await Promise.race([adapter.classify(request, limit.signal), overstayed.promise]);
    // An answer that came all the same was paid for, and is as good as any.
    if (outcome.ok) return { ...outcome, kind: 'answered' };
    if (signal.aborted) return { kind: 'aborted' };
    const { fault } = outcome;
    if (Object.hasOwn(FAULT_POLICIES, fault.kind)) return { kind: 'faulted', fault };
    return { kind: 'defect', error: new Error(`The adapter made up a kind of fault: ${String(fault.kind)}`) };
  } catch (error) {
    return signal.aborted ? { kind: 'aborted' } : { kind: 'defect', error };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    cut?.removeEventListener('abort', cutShort);
  }
}
