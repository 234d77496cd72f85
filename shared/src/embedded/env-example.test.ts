import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { environment } from '../config.ts';
import { embeddedEnvironment, parseEmbeddedConfig } from './config.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

/** `NAME=value` of every line, commented out or not. */
const example = Object.fromEntries(
  [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);
const compose = new Set(
  [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => name),
);

test('.env.example has every variable of the schemas and of docker-compose.yml, and no other', () => {
  const known = new Set([...Object.keys(environment), ...compose]);
  expect(Object.keys(example).toSorted()).toEqual([...known].toSorted());
});

test('.env.example holds values that are accepted', () => {
  expect(() => parseEmbeddedConfig(example)).not.toThrow();
});

test('.env.example shows the true defaults', () => {
  const defaults = parseEmbeddedConfig({});
  const shown = parseEmbeddedConfig(example);
  const withDefault = Object.entries(embeddedEnvironment).filter(
    ([name, schema]) => schema instanceof z.ZodDefault && name !== 'UNDERSTUDY_PRIVATE_HOSTS',
  );
  expect(withDefault.length).toBeGreaterThan(5);
  for (const [name] of withDefault)
    expect(shown).toHaveProperty(name, defaults[name as keyof typeof defaults]);
});

test('every variable of the schemas can be set in docker-compose.yml or is set there', () => {
  const text = read('docker-compose.yml');
  const underStartOnly = new Set(['UNDERSTUDY_DATA_DIR', 'WORKER_PROCESSES']);
  const missing = Object.keys(environment).filter(
    (name) => !text.includes(`${name}:`) && !underStartOnly.has(name),
  );
  expect(missing).toEqual([]);
});
