import { Worker } from 'node:worker_threads';
import type { ClassificationResult } from '@understudy/shared/contracts/classification';
import type { Question } from './answer.ts';
import { toIndexSize, withinBounds } from './index-bounds.ts';
import { createIndexLedger, type IndexLedger, type IndexLimits } from './index-ledger.ts';
import type { IndexedLabel } from './label-index.ts';
import type { FromThread, ToThread } from './messages.ts';

/** The thread dies rather than the process when an index outgrows this; the bounds keep it far below. */
const MAX_HEAP_MB = 1_024;
/** One call at work and one behind it keep the thread busy; the rest wait here, where an abort can take them out. */
const POSTED_AT_ONCE = 2;

type ThreadOutcome =
  | { ok: true; result: ClassificationResult }
  | { ok: false; kind: 'silent' | 'server_error'; message: string };

export interface ThreadClient {
  /** Asks the index `key`, built from `labels` if the thread lacks it. An abort ends the call at once. */
  classify(
    key: string,
    labels: IndexedLabel[],
    question: Question,
    signal: AbortSignal,
  ): Promise<ThreadOutcome>;
  /** Ends the thread and what still waits for it. Safe to call twice. */
  close(): Promise<void>;
}

export interface ThreadClientOptions {
  startThread?: () => Worker;
  limits?: IndexLimits;
}

interface Call {
  key: string;
  labels: IndexedLabel[];
  question: Question;
  end(outcome: ThreadOutcome): void;
}

/** Keeps one thread for all indexes, started by the first call and replaced by the next one after a crash. */
export function createThreadClient({ startThread = spawn, limits }: ThreadClientOptions = {}): ThreadClient {
  const ledger = createIndexLedger(limits);
  const waiting = new Set<Call>();
  const posted = new Map<number, Call>();
  let lastCall = 0;
  let thread: Worker | null = null;
  let closing: Promise<void> | null = null;

  function start(): Worker {
    const started = startThread();
    started.on('message', (reply: FromThread) => {
      posted.get(reply.call)?.end(toOutcome(reply));
      posted.delete(reply.call);
      pump();
    });
    started.on('error', () => lose(started));
    started.on('exit', () => lose(started));
    return started;
  }

  function lose(lost: Worker): void {
    if (thread !== lost) return;
    thread = null;
    ledger.clear();
    for (const call of posted.values()) call.end(broken('the thread of local matching stopped'));
    posted.clear();
    pump();
  }

  function pump(): void {
    for (const call of waiting) {
      if (posted.size >= POSTED_AT_ONCE) break;
      waiting.delete(call);
      try {
        post(call);
      } catch {
        call.end(broken('the thread of local matching could not be started'));
      }
    }
    // An idle thread does not keep the process alive, a call does.
    if (posted.size > 0) thread?.ref();
    else thread?.unref();
  }

  function post(call: Call): void {
    thread ??= start();
    lastCall += 1;
    posted.set(lastCall, call);
    for (const message of toMessages(call, lastCall, ledger)) tell(thread, message);
  }

  return {
    async classify(key, labels, question, signal) {
      if (signal.aborted) return ABORTED;
      if (closing) return CLOSED;
      const { promise, resolve } = Promise.withResolvers<ThreadOutcome>();
      const call: Call = { key, labels, question, end: resolve };
      waiting.add(call);
      pump();
      const outcome = await endOnAbort(promise, resolve, signal);
      waiting.delete(call);
      return outcome;
    },
    close() {
      closing ??= (async () => {
        const ended = thread;
        thread = null;
        for (const call of [...waiting, ...posted.values()]) call.end(CLOSED);
        waiting.clear();
        posted.clear();
        await ended?.terminate();
      })();
      return closing;
    },
  };
}

const ABORTED: ThreadOutcome = { ok: false, kind: 'silent', message: 'the call was ended before an answer' };
const CLOSED: ThreadOutcome = broken('local matching is closed');

async function endOnAbort(
  outcome: Promise<ThreadOutcome>,
  end: (outcome: ThreadOutcome) => void,
  signal: AbortSignal,
): Promise<ThreadOutcome> {
  const abort = () => end(ABORTED);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await outcome;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What the thread must hear for one call: first of its index, where it does not hold that one yet. */
function toMessages({ key, labels, question }: Call, call: number, ledger: IndexLedger): ToThread[] {
  const classify: ToThread = { kind: 'classify', call, key, question };
  if (ledger.use(key)) return [classify];
  const kept = withinBounds(labels);
  const dropped = ledger.add(key, toIndexSize(kept));
  return [
    ...dropped.map((other): ToThread => ({ kind: 'drop', key: other })),
    { kind: 'build', key, labels: kept },
    classify,
  ];
}

function toOutcome(reply: FromThread): ThreadOutcome {
  if ('error' in reply) return broken(`local matching failed: ${reply.error}`);
  return { ok: true, result: reply.result };
}

function broken(message: string): ThreadOutcome {
  return { ok: false, kind: 'server_error', message };
}

function tell(thread: Worker, message: ToThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window and has no origin
  thread.postMessage(message);
}

function spawn(): Worker {
  return new Worker(new URL('./index-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
}
