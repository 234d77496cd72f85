import { parentPort } from 'node:worker_threads';
import { toAnswer } from './answer.ts';
import { createLabelIndex, type LabelIndex } from './label-index.ts';
import type { FromThread, ToThread } from './messages.ts';

const indexes = new Map<string, LabelIndex>();

/** Builds and asks indexes one message at a time, off the thread that serves the queue. */
function handle(message: ToThread): FromThread | null {
  switch (message.kind) {
    case 'build':
      indexes.set(message.key, createLabelIndex(message.labels));
      return null;
    case 'drop':
      indexes.delete(message.key);
      return null;
    case 'classify':
      return classify(message);
  }
}

function classify({ call, key, question }: Extract<ToThread, { kind: 'classify' }>): FromThread {
  const index = indexes.get(key);
  if (index === undefined) return { call, error: 'the index is gone' };
  try {
    return { call, result: toAnswer(index, question) };
  } catch (error) {
    // Only the kind of error: its message could hold a piece of the text.
    return { call, error: error instanceof Error ? error.name : typeof error };
  }
}

// A build that throws ends the thread: the calls that wait for it are told so, and the next thread starts afresh.
parentPort?.on('message', (message: ToThread) => {
  const reply = handle(message);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window and has no origin
  if (reply) parentPort?.postMessage(reply);
});
