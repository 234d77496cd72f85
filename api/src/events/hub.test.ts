import type { AppEvent } from '@understudy/shared/events/events';
import { expect, it } from 'vitest';
import { createEventHub } from './hub.ts';

const toUpdate = (state: 'processing' | 'succeeded'): AppEvent => ({
  type: 'job.updated',
  id: 'job_1',
  client: 'default',
  state,
  batchId: null,
  provider: null,
  degraded: false,
  finishedAt: null,
});
const ENDED = toUpdate('succeeded');

/** A poll of one job that only events wake, and what each of its reads was given. */
function poll({ doneAfter, waitsFirst = false }: { doneAfter: number; waitsFirst?: boolean }) {
  const hub = createEventHub();
  const reads: (AppEvent | null)[] = [];
  const ended = hub.pollUntil({
    key: 'job_1',
    read: async (event) => reads.push(event),
    isDone: (count) => count === doneAfter,
    timeoutMs: 120_000,
    everyMs: 120_000,
    signal: new AbortController().signal,
    waitsFirst,
  });
  return { hub, reads, ended };
}

it('looks at once, and again with each event that it is told of', async () => {
  const { hub, reads, ended } = poll({ doneAfter: 2 });
  hub.publish(ENDED);
  await ended;
  expect(reads).toEqual([null, ENDED]);
});

it('looks only after the first event where nothing has begun', async () => {
  const { hub, reads, ended } = poll({ doneAfter: 1, waitsFirst: true });
  hub.publish(toUpdate('processing'));
  await Promise.resolve();
  expect(reads).toEqual([]);
  hub.publish(ENDED);
  await ended;
  expect(reads).toEqual([ENDED]);
});

it('lets go of those who have not looked yet, with a look, when the process stops', async () => {
  const { hub, reads, ended } = poll({ doneAfter: 1, waitsFirst: true });
  hub.release();
  await ended;
  expect(reads).toEqual([null]);
});
