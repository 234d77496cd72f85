import { expect, it } from 'vitest';
import { toSafeNext } from './router.ts';

it.each([
  ['/advanced/providers?x=1', '/advanced/providers?x=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  [undefined, '/'],
  [['/a', '/b'], '/'],
])('goes on from %j to %s', (next, expected) => {
  expect(toSafeNext(next)).toBe(expected);
});
