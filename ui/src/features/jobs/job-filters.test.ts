import { expect, it } from 'vitest';
import { toFilter } from './job-filters.ts';

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
    degraded: true,
    from: '2026-11-26T11:34:00.000Z',
    'metadata.ticket': '4=2',
  });
});

it('ignores metadata that is no pair yet', () => {
  expect(toFilter({ metadata: 'ticket' }, now)).toEqual({});
});
