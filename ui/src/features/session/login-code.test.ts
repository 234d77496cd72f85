import { expect, it } from 'vitest';
import { takeLoginCode } from './login-code.ts';

/** An address bar, live as a browser's is. */
function setup(hash: string) {
  const address = new URL(`http://understudy.test/login?next=%2Fa${hash}`);
  const history = {
    state: { back: null },
    replaceState: (_: unknown, __: string, url?: string | URL | null) => {
      address.href = new URL(url ?? '', address).href;
    },
  };
  return { code: takeLoginCode(address, history), shown: address.href };
}

it('takes the code and leaves the address without it', () => {
  expect(setup('#abc%2Ddef')).toEqual({ code: 'abc-def', shown: 'http://understudy.test/login?next=%2Fa' });
});

it('keeps a code that is no valid escape as it stands', () => {
  expect(setup('#a%zz').code).toBe('a%zz');
});

it('finds none in an address without a code', () => {
  expect(setup('').code).toBeNull();
  expect(setup('#').code).toBeNull();
});
