import { RateLimitedError } from '@understudy/shared/errors';
import { expect, it } from 'vitest';
import { toProblem } from './problem.ts';
import { toRateLimitHeaders, toSeconds } from './rate-limit-headers.ts';

it('writes a limit and what is left of it as structured fields', () => {
  const policy = { name: 'default', quota: 60, windowSeconds: 60 };
  expect(toRateLimitHeaders(policy, { remaining: 12, resetSeconds: 7 })).toEqual({
    'RateLimit-Policy': '"default";q=60;w=60',
    RateLimit: '"default";r=12;t=7',
  });
});

it('names what is counted, and no time where there is none', () => {
  const policy = { name: 'event-streams', quota: 100, unit: 'concurrent-requests' } as const;
  const { problem, headers } = toProblem(new RateLimitedError('Too many.', policy, 5), {
    instance: '/',
    requestId: 'request-1',
  });
  expect(problem).toMatchObject({ status: 429, code: 'rate_limited', detail: 'Too many.' });
  expect(headers).toEqual({
    'Retry-After': '5',
    'RateLimit-Policy': '"event-streams";q=100;qu="concurrent-requests"',
    RateLimit: '"event-streams";r=0',
  });
});

it.each([
  [0, 1],
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [59_999, 60],
])('gives %i ms as %i s, never too few', (ms, seconds) => {
  expect(toSeconds(ms)).toBe(seconds);
});
