import { expect, it } from 'vitest';
import { toPublicUrl } from './public-url.ts';

it('is where the API listens, IPv6 in brackets', () => {
  expect(toPublicUrl({ HOST: '127.0.0.1' }, 3000)).toBe('http://127.0.0.1:3000');
  expect(toPublicUrl({ HOST: '::1' }, 3000)).toBe('http://[::1]:3000');
});

it('is PUBLIC_URL where that is set, without a slash at its end', () => {
  const PUBLIC_URL = 'https://example.com/understudy//';
  expect(toPublicUrl({ PUBLIC_URL, HOST: '::1' }, 3000)).toBe('https://example.com/understudy');
});
