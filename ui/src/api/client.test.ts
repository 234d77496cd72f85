import { UnreachableError } from '@understudy/shared/client/problem-error';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConsoleClient } from './client.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // The runtime's own goes by a clock that no test holds.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const late = new AbortController();
    setTimeout(() => late.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
    return late.signal;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

type Hang = (fail: (onFailure: (reason: unknown) => void) => void) => Promise<Response>;

const neverAnswers: Hang = (fail) => new Promise((_, reject) => fail(reject));
const stopsAmidReply: Hang = async (fail) =>
  new Response(new ReadableStream({ start: (body) => fail((reason) => body.error(reason)) }));

/** The console over an API that takes requests and hangs. */
function setup({ hang = neverAnswers }: { hang?: Hang } = {}) {
  vi.stubGlobal('fetch', (_: string, { signal }: { signal?: AbortSignal }) =>
    hang((onFailure) => signal?.addEventListener('abort', () => onFailure(signal.reason))),
  );
  return createConsoleClient({ onSignedOut: () => undefined });
}

/** What a call came to; `pending` as long as that is nothing. */
function watchOutcome(call: Promise<unknown>) {
  let outcome: unknown = 'pending';
  call.then(
    () => (outcome = 'answered'),
    (error: unknown) => (outcome = error),
  );
  return () => outcome;
}

it.for([
  ['does not answer', neverAnswers],
  ['stops amid its reply', stopsAmidReply],
] as const)('takes an API that %s within a minute for one that is away', async ([, hang]) => {
  const client = setup({ hang });
  const outcome = watchOutcome(client.session.get({ signal: new AbortController().signal }));
  await vi.advanceTimersByTimeAsync(59_000);
  expect(outcome()).toBe('pending');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(outcome()).toBeInstanceOf(UnreachableError);
});

it('gives up a read at once where its page is left', async () => {
  const left = new AbortController();
  const outcome = watchOutcome(setup().session.get({ signal: left.signal }));
  left.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(outcome()).toBe(left.signal.reason);
});

it('lets a change or a download take as long as it does', async () => {
  const outcome = watchOutcome(setup().send('POST', '/api/classifications', { body: {} }));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(outcome()).toBe('pending');
});

it.for([
  ['GET', '/api/session', 1],
  ['DELETE', '/api/session', 1],
  ['POST', '/api/classifications', 1],
  ['POST', '/api/session', 0],
] as const)('takes a 401 to %s %s for a session that has ended: %i', async ([method, path, times]) => {
  const onSignedOut = vi.fn<() => void>();
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401 }));
  const call = createConsoleClient({ onSignedOut }).send(method, path);
  await expect(call).rejects.toMatchObject({ status: 401 });
  expect(onSignedOut).toHaveBeenCalledTimes(times);
});
