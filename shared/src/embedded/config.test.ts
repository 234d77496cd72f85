import { expect, test } from 'vitest';
import { ConfigError } from '../errors.ts';
import { toPublicUrl } from '../runtime/public-url.ts';
import { parseEmbeddedConfig, toLocalUrl } from './config.ts';

test('needs nothing', () => {
  const config = parseEmbeddedConfig({});
  expect(toPublicUrl(config, config.PORT)).toBe('http://127.0.0.1:3000');
});

test('names every fault at once', () => {
  const env = { LOG_LEVEL: 'loud', PORT: 'x', REDIS_URL: 'http://x', UNDERSTUDY_MASTER_KEYS: '1:short' };
  let faults: string[] = [];
  try {
    parseEmbeddedConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) faults = error.faults;
  }
  expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual(Object.keys(env));
});

test('tells the address for people from the one on this machine', () => {
  const config = parseEmbeddedConfig({ HOST: '::', PUBLIC_URL: 'https://understudy.example.com/' });
  expect(toPublicUrl(config, 80)).toBe('https://understudy.example.com');
  expect(toLocalUrl(config, 80)).toBe('http://[::1]:80');
});
