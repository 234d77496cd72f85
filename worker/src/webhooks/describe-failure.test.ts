import { expect, it } from 'vitest';
import { describeFailure } from './describe-failure.ts';

const broken = (code: string) => Object.assign(new Error('x'), { code });

it.each([
  ['ECONNREFUSED', 'The connection was refused (ECONNREFUSED).'],
  ['EHOSTDOWN', 'The host could not be reached (EHOSTDOWN).'],
  ['ENETDOWN', 'The host could not be reached (ENETDOWN).'],
  ['UND_ERR_CONNECT_TIMEOUT', 'No connection came about in time (UND_ERR_CONNECT_TIMEOUT).'],
  ['EODD', 'The connection failed (EODD).'],
])('says what %s means', (code, sentence) => {
  expect(describeFailure(broken(code), false)).toBe(sentence);
});

it('speaks of the first of several addresses that were tried at once, and of what caused an error', () => {
  const tried = new AggregateError([broken('EHOSTUNREACH'), broken('ECONNREFUSED')]);
  expect(describeFailure(tried, false)).toMatch(/EHOSTUNREACH/);
  expect(describeFailure(new Error('x', { cause: broken('EPIPE') }), false)).toMatch(/reset \(EPIPE\)/);
});
