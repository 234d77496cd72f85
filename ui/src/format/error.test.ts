import { ProblemError, UnreachableError } from '@understudy/shared/client/problem-error';
import { describe, expect, it } from 'vitest';
import { toErrorWords } from './error.ts';

const problem = (status: number, code: string, detail: string, retryAfterMs: number | null = null) =>
  new ProblemError({ status, code, detail }, { requestId: 'req-1', retryAfterMs });

describe('toErrorWords', () => {
  it('names the missing scope and keeps the request id', () => {
    const words = toErrorWords(problem(403, 'forbidden', 'This needs the scope providers:write.'));
    expect(words).toEqual({
      title: 'This needs the scope providers:write.',
      advice: 'Sign in with a token that has this scope.',
      requestId: 'req-1',
    });
  });

  it('says when to try again where the API said so', () => {
    expect(toErrorWords(problem(429, 'rate_limited', 'Too many requests.', 3_000))).toMatchObject({
      title: 'Too many requests.',
      advice: 'Try again in 3 s.',
    });
  });

  it('shows the API’s own words for a code it does not know', () => {
    expect(toErrorWords(problem(409, 'new_code', 'The thing is taken.')).title).toBe('The thing is taken.');
  });

  it('promises to read again, but warns of a change that was not confirmed', () => {
    const away = problem(503, 'store_unavailable', 'x');
    expect(toErrorWords(away, 'read').advice).toContain('tries again by itself');
    expect(toErrorWords(away, 'download').advice).toBe('Check that MongoDB is running. Then try again.');
    expect(toErrorWords(away, 'change').advice).toContain('may or may not have been made');
  });

  it('tells an API that is away from a fault of the console', () => {
    expect(toErrorWords(new UnreachableError(null)).title).toBe('The API does not answer.');
    expect(toErrorWords(new RangeError('x'))).toMatchObject({ advice: 'Reload the page.', requestId: null });
  });
});
