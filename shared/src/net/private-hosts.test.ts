import { expect, it } from 'vitest';
import { safeParsePrivateHost } from './private-hosts.ts';

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
