import { expect, it } from 'vitest';
import { toBounds, toFilter } from './job-filters.ts';

const now = Date.parse('2026-11-26T12:34:56Z');

it('asks for nothing where nothing is chosen', () => {
  expect(toFilter({ state: '', provider: '' }, now)).toEqual({});
});

it('asks as the API does', () => {
  const filters = {
    state: 'failed,cancelled',
    label: 'a,b',
    degraded: 'true',
    since: '1h',
    metadata: 'ticket = 4=2',
  };
  expect(toFilter(filters, now)).toEqual({
    state: ['failed', 'cancelled'],
    label: ['a', 'b'],
    degraded: 'true',
    from: '2026-11-26T11:34:00.000Z',
    'metadata.ticket': '4=2',
  });
});

it('passes on what has no meaning, so that the API says so', () => {
  expect(toFilter({ metadata: 'ticket' }, now)).toEqual({ metadata: 'ticket' });
  expect(toFilter({ metadata: '=4' }, now)).toEqual({ metadata: '=4' });
  expect(toFilter({ degraded: 'maybe' }, now)).toEqual({ degraded: 'maybe' });
  expect(toFilter({ since: '2d' }, now)).toEqual({ from: '2d' });
});

it('has the bounds of a link in words, also one that is no time', () => {
  const filters = { from: '2025-11-26T12:00:00.000Z', to: 'nonsense' };
  expect(toBounds(filters, new Date(now))).toEqual([
    { name: 'from', words: expect.stringContaining('2025') },
    { name: 'to', words: 'to nonsense' },
  ]);
  expect(toBounds({ state: 'failed' }, new Date(now))).toEqual([]);
});
