import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { createThreadClient, type ThreadClient } from './thread-client.ts';

const labels = ['refund', 'lost_card'].map((name) => ({ name, description: null, examples: [] }));
const question = { text: 'I lost my card', multiLabel: false, threshold: 0.5, explain: false };
const never = new AbortController().signal;

let client: ThreadClient | null = null;
afterEach(() => client?.close());

/** A client whose threads and what they were told can be seen. */
function setup(limits?: Parameters<typeof createThreadClient>[0]) {
  const threads: Worker[] = [];
  const told: string[] = [];
  const startThread = () => {
    const thread = new Worker(new URL('./index-thread.ts', import.meta.url));
    const post = thread.postMessage.bind(thread);
    thread.postMessage = (message: { kind: string; key: string }) => {
      told.push(`${message.kind} ${message.key}`);
      post(message);
    };
    threads.push(thread);
    return thread;
  };
  const started = createThreadClient({ ...limits, startThread });
  client = started;
  return { client: started, threads, told };
}

it('builds an index once for calls at the same time and later ones', async () => {
  const { client, threads, told } = setup();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () => client.classify('k', labels, question, never)),
  );
  outcomes.push(await client.classify('k', labels, question, never));
  expect(outcomes.every((outcome) => outcome.ok && outcome.result.label === 'lost_card')).toBe(true);
  expect(told.filter((entry) => entry === 'build k')).toHaveLength(1);
  expect(threads).toHaveLength(1);
});

it('drops the least recently used index over the limits, and builds it again when asked', async () => {
  const { client, told } = setup({ limits: { indexes: 1, documents: 100, characters: 1_000 } });
  for (const key of ['a', 'b', 'a']) {
    expect(await client.classify(key, labels, question, never)).toMatchObject({ ok: true });
  }
  expect(told.filter((entry) => !entry.startsWith('classify'))).toEqual([
    'build a',
    'drop a',
    'build b',
    'drop b',
    'build a',
  ]);
});

it('ends the calls at work with a server error when the thread crashes, and goes on with a new one', async () => {
  const { client, threads } = setup();
  const calls = Array.from({ length: 4 }, () => client.classify('k', labels, question, never));
  await threads[0]!.terminate();
  const outcomes = await Promise.all(calls);
  expect(outcomes.slice(0, 2)).toMatchObject([
    { ok: false, kind: 'server_error' },
    { ok: false, kind: 'server_error' },
  ]);
  expect(outcomes.slice(2)).toMatchObject([{ ok: true }, { ok: true }]);
  expect(threads).toHaveLength(2);
});

it('ends a call with a server error when its index cannot be built', async () => {
  const { client } = setup();
  const broken = [{ name: { length: 1 } as unknown as string, description: null, examples: [] }];
  expect(await client.classify('broken', broken, question, never)).toMatchObject({
    ok: false,
    kind: 'server_error',
  });
  expect(await client.classify('k', labels, question, never)).toMatchObject({ ok: true });
});

it('ends aborted calls at once as silent, at work or waiting', async () => {
  const { client } = setup();
  const abort = new AbortController();
  const calls = Array.from({ length: 4 }, () => client.classify('k', labels, question, abort.signal));
  abort.abort();
  const silent = { ok: false, kind: 'silent' };
  expect(await Promise.all(calls)).toMatchObject([silent, silent, silent, silent]);
  expect(await client.classify('k', labels, question, abort.signal)).toMatchObject(silent);
  expect(await client.classify('k', labels, question, never)).toMatchObject({ ok: true });
});

it('ends what waits when it is closed, twice without harm, and starts nothing after', async () => {
  const { client, threads } = setup();
  const calls = Array.from({ length: 3 }, () => client.classify('k', labels, question, never));
  await Promise.all([client.close(), client.close()]);
  const closed = { ok: false, kind: 'server_error', message: 'local matching is closed' };
  expect(await Promise.all(calls)).toMatchObject([closed, closed, closed]);
  expect(await client.classify('k', labels, question, never)).toMatchObject(closed);
  expect(threads).toHaveLength(1);
});

it('ends a call with a server error when no thread can be started', async () => {
  client = createThreadClient({
    startThread: () => {
      throw new Error('no threads left');
    },
  });
  expect(await client.classify('k', labels, question, never)).toMatchObject({
    ok: false,
    kind: 'server_error',
  });
});
