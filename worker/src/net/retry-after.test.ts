import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT', date: 'Tue, 24 Nov 2026 10:00:10 GMT' }, 20_000],
    [{ 'retry-after': 'Tuesday, 24-Nov-26 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Tue Nov 24 10:00:30 2026' }, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '9999999999' }, 86_400_000],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after-ms': 'x', 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '1e3' }, null],
    [{ 'retry-after': '' }, null],
    [{}, null],
  ])('reads %j as %j', (headers, expected) => {
    expect(parseRetryAfter(new Headers(headers as Record<string, string>), NOW)).toBe(expected);
  });
});
