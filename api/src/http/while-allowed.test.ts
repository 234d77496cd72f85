import { AppError, UnauthenticatedError } from '@understudy/shared/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handOnWhileAllowed, whileAllowed } from './while-allowed.ts';

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

describe('handOnWhileAllowed', () => {
  /** Chunks, of which each takes its time. */
  async function* make(everyMs: number, onEnd: () => void) {
    try {
      for (let index = 0; index < 6; index += 1) {
        vi.advanceTimersByTime(everyMs);
        yield index;
      }
    } finally {
      onEnd();
    }
  }
  async function take(ask: () => Promise<unknown>, everyMs: number) {
    const taken: number[] = [];
    const onEnd = vi.fn<() => void>();
    const failure = await (async () => {
      for await (const chunk of handOnWhileAllowed(make(everyMs, onEnd), ask)) taken.push(chunk);
    })().catch((error: unknown) => error);
    expect(onEnd).toHaveBeenCalledOnce();
    return { taken, failure };
  }

  it('hands on all to one who may be here, asking twice a second', async () => {
    const ask = vi.fn<typeof allow>(allow);
    expect(await take(ask, 250)).toEqual({ taken: [0, 1, 2, 3, 4, 5], failure: undefined });
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('ends with what was made for one who may no longer', async () => {
    const { taken, failure } = await take(refuse, 200);
    expect(taken).toEqual([0, 1]);
    expect(failure).toBeInstanceOf(UnauthenticatedError);
  });

  it('goes on while the ledger is away', async () => {
    expect((await take(away, 500)).taken).toHaveLength(6);
  });
});
