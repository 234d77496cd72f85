import { AppError, ForbiddenError, UnauthenticatedError } from '@understudy/shared/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assertHere, handOnWhileHere, whileAllowed } from './while-allowed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuse = () => Promise.reject(new UnauthenticatedError('revoked'));
const away = () => Promise.reject(new AppError('store_unavailable', 'away'));
const allow = () => Promise.resolve();

describe('whileAllowed', () => {
  it('gives what comes of the work, and asks no more then', async () => {
    const ask = vi.fn<typeof allow>(allow);
    expect(await whileAllowed(Promise.resolve(1), ask, () => {})).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ask).not.toHaveBeenCalled();
  });

  it('ends the wait of one who may no longer be here, and tells the work', async () => {
    const work = Promise.withResolvers<string>();
    const waiting = whileAllowed(work.promise, refuse, () => work.resolve('left'));
    const failure = waiting.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(500);
    expect(await failure).toBeInstanceOf(UnauthenticatedError);
    expect(await work.promise).toBe('left');
  });

  it('tells the work what its caller is refused with', async () => {
    const refusal = new ForbiddenError('It may write no more.');
    const gone = new AbortController();
    const work = new Promise(() => {});
    const waiting = whileAllowed(
      work,
      () => Promise.reject(refusal),
      (error) => gone.abort(error),
    );
    const failure = waiting.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(500);
    expect(await failure).toBe(refusal);
    expect(() => assertHere(gone.signal)).toThrow(refusal);
  });

  it('lets one wait on whom the ledger cannot tell of now', async () => {
    const work = Promise.withResolvers<string>();
    const waiting = whileAllowed(work.promise, away, () => work.resolve('left'));
    await vi.advanceTimersByTimeAsync(5_000);
    work.resolve('done');
    expect(await waiting).toBe('done');
  });

  it('asks no second time while the first is not answered', async () => {
    const answer = Promise.withResolvers<void>();
    const ask = vi.fn<() => Promise<void>>(() => answer.promise);
    const work = Promise.withResolvers<string>();
    const waiting = whileAllowed(work.promise, ask, () => {});
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ask).toHaveBeenCalledTimes(1);
    answer.resolve();
    await vi.advanceTimersByTimeAsync(500);
    expect(ask).toHaveBeenCalledTimes(2);
    work.resolve('done');
    expect(await waiting).toBe('done');
  });
});

it('hands on a body until its sender is gone, and ends with what it was made from then', async () => {
  const onEnd = vi.fn<() => void>();
  async function* make() {
    try {
      yield* [0, 1, 2, 3];
    } finally {
      onEnd();
    }
  }
  const take = async (goneAt: number) => {
    const gone = new AbortController();
    const taken: number[] = [];
    const failure = await (async () => {
      for await (const chunk of handOnWhileHere(make(), gone.signal)) {
        taken.push(chunk);
        if (chunk === goneAt) gone.abort();
      }
    })().catch((error: unknown) => error);
    return { taken, failure };
  };
  expect(await take(4)).toEqual({ taken: [0, 1, 2, 3], failure: undefined });
  expect(await take(1)).toEqual({ taken: [0, 1], failure: expect.any(UnauthenticatedError) });
  expect(onEnd).toHaveBeenCalledTimes(2);
});
