import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isFinal, JOB_STATES, type Classification, type JobState } from '../contracts/classification.ts';
import { ProblemError, UnreachableError } from './problem-error.ts';
import { isFinalState, waitForJob, WaitTimeoutError } from './wait.ts';

const job = (state: JobState) => ({ id: 'job_1', state }) as Classification;

/** A fake `get` that gives or throws each of `replies` in turn, and the last one for ever. */
function setup(...replies: (Classification | Error)[]) {
  let asked = 0;
  const get = async () => {
    const reply = replies[Math.min(asked++, replies.length - 1)];
    if (reply instanceof Error || reply === undefined) throw reply;
    return reply;
  };
  return { get, asked: () => asked };
}

const refusal = (status: number, retryAfterMs: number | null = null) =>
  new ProblemError({ status, code: 'x', detail: 'x' }, { requestId: null, retryAfterMs });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('waitForJob', () => {
  it('asks until the job is final and reports each state it saw', async () => {
    const { get } = setup(job('queued'), job('processing'), job('succeeded'));
    const seen: string[] = [];
    const done = waitForJob(get, 'job_1', { onUpdate: (update) => seen.push(update.state) });
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await done).state).toBe('succeeded');
    expect(seen).toEqual(['queued', 'processing', 'succeeded']);
  });

  it('goes on through an API that is away or overloaded, and heeds Retry-After', async () => {
    const { get, asked } = setup(new UnreachableError(null), refusal(503, 3_000), job('failed'));
    const done = waitForJob(get, 'job_1', {});
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked()).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await done).state).toBe('failed');
  });

  it('asks again where a request is never answered', async () => {
    let asked = 0;
    const get: Parameters<typeof waitForJob>[0] = async (_id, { signal }) => {
      asked += 1;
      if (asked > 1) return job('succeeded');
      return await new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const done = waitForJob(get, 'job_1', {});
    await vi.advanceTimersByTimeAsync(44_000);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toBe(2);
    expect((await done).state).toBe('succeeded');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('throws a refusal at once', async () => {
    const { get, asked } = setup(refusal(404));
    await expect(waitForJob(get, 'job_1', {})).rejects.toMatchObject({ status: 404 });
    expect(asked()).toBe(1);
  });

  it('stops asking when its signal is aborted', async () => {
    const { get, asked } = setup(job('queued'));
    const stop = new AbortController();
    const done = waitForJob(get, 'job_1', { signal: stop.signal });
    const ended = done.catch((reason: unknown) => reason);
    await vi.advanceTimersByTimeAsync(300);
    stop.abort('enough');
    expect(await ended).toBe('enough');
    const before = asked();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toBe(before);
  });

  it('gives up after its time limit with the job as it last stood', async () => {
    vi.useRealTimers();
    const { get } = setup(job('deferred'));
    const error = await waitForJob(get, 'job_1', { timeoutMs: 30 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect((error as WaitTimeoutError).job?.state).toBe('deferred');
  });
});

describe('isFinalState', () => {
  it('agrees with the contract on every state', () => {
    for (const state of JOB_STATES) expect(isFinalState(state)).toBe(isFinal(state));
  });
});
