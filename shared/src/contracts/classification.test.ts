import type * as z from 'zod/mini';
import { expect, it } from 'vitest';
import { classificationInput, classificationQuery } from './classification.ts';
import { providerInput } from './provider.ts';
import { dispatchConfig } from './dispatch-config.ts';

const job = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const pathsOf = (schema: z.ZodMiniType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join('/')) ?? [];

it('fills in the defaults of a job', () => {
  expect(classificationInput.parse(job)).toEqual({ ...job, explain: false, priority: 5, metadata: {} });
});

it.each([
  ['neither labels nor classifier', { text: 'x' }, 'labels'],
  ['both labels and classifier', { ...job, classifier: 'support' }, 'classifier'],
  ['one label', { ...job, labels: ['a'] }, 'labels'],
  ['a label twice', { ...job, labels: ['a', 'b', 'a'] }, 'labels/2'],
  ['a label twice in the other form', { ...job, labels: ['a', { name: 'a' }] }, 'labels/1/name'],
  ['a threshold for one label', { ...job, threshold: 0.5 }, 'threshold'],
  ['multiLabel beside a classifier', { text: 'x', classifier: 'support', multiLabel: true }, 'multiLabel'],
  ['an empty text', { ...job, text: '' }, 'text'],
  ['a text with NUL', { ...job, text: 'a\0b' }, 'text'],
  ['a lone surrogate', { ...job, text: 'a\ud800b' }, 'text'],
  ['a priority out of range', { ...job, priority: 10 }, 'priority'],
  ['a provider twice', { ...job, providers: ['a', 'a'] }, 'providers'],
  ['a metadata value that is no string', { ...job, metadata: { a: 1 } }, 'metadata/a'],
])('refuses %s and says where', (_, input, path) => {
  expect(pathsOf(classificationInput, input)).toContain(path);
});

it('takes a classifier by name and by version', () => {
  expect(classificationInput.parse({ text: 'x', classifier: 'support' }).classifier).toEqual({
    name: 'support',
  });
  const versioned = { name: 'support', version: 3 };
  expect(classificationInput.parse({ text: 'x', classifier: versioned }).classifier).toEqual(versioned);
});

it('reads filters, and refuses one that it does not know', () => {
  const query = { state: 'queued,failed', limit: '10', 'metadata.ticket': '42', degraded: 'true' };
  expect(classificationQuery.parse(query)).toMatchObject({
    state: ['queued', 'failed'],
    limit: 10,
    'metadata.ticket': '42',
    degraded: true,
  });
  expect(classificationQuery.safeParse({ sate: 'queued' }).success).toBe(false);
  expect(pathsOf(classificationQuery, { include: 'text', limit: '51' })).toEqual(['limit']);
  expect(pathsOf(classificationQuery, { limit: '0' })).toEqual(['limit']);
});

it.each(['health', 'Config', '..', 'a b', 'offers', 'usage', 'Reset', '', 'prv_01JABCDEFGHJKMNPQRSTVWXYZ0'])(
  'refuses %j as the name of a provider',
  (name) => {
    const provider = { name, type: 'openai', apiKey: 'sk-12345678', configuration: { model: 'm' } };
    expect(pathsOf(providerInput, provider)).toContain('name');
  },
);

it('refuses a configuration that its type does not have', () => {
  const local = { name: 'l', type: 'local', configuration: { model: 'gpt' } };
  expect(providerInput.safeParse(local).success).toBe(false);
  expect(providerInput.safeParse({ ...local, configuration: {} }).success).toBe(true);
});

it('has a default for every setting', () => {
  expect(dispatchConfig.parse({})).toMatchObject({ strategy: 'priority', breaker: { failureThreshold: 5 } });
});

it.each(['constructor', 'toString'])('refuses %s, which is no filter', (key) => {
  const query: unknown = JSON.parse(`{"${key}":"1"}`);
  expect(classificationQuery.safeParse(query).success).toBe(false);
});
