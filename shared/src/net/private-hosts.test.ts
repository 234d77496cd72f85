import { expect, it } from 'vitest';
import { safeParsePrivateHost, toHost } from './private-hosts.ts';

it.each(['localhost', 'ollama.internal:11434', '10.0.0.1', '10.0.0.0/8', '::1', '[::1]', '[fd00::1]:80'])(
  'takes %s',
  (entry) => {
    expect(safeParsePrivateHost(entry)).not.toBeNull();
  },
);

it.each([
  'http://localhost',
  '10.0.0.0/33',
  'localhost/8',
  'localhost:0',
  'localhost:65536',
  'localhost:',
  'a b',
  'user@host',
  '[::1',
  ':80',
])('refuses %s', (entry) => {
  expect(safeParsePrivateHost(entry)).toBeNull();
});

it.each([
  ['http://EXAMPLE.com./', 'example.com'],
  ['http://localhost...:8080/', 'localhost'],
  ['http://a...b/', 'a...b'],
  ['http://[::1]/', '::1'],
  ['http://.../', ''],
])('names the host of %s %j', (address, host) => {
  expect(toHost(new URL(address))).toBe(host);
});
