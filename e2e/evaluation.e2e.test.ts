import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Evaluation } from '../shared/src/contracts/evaluation.ts';
import { startFakeAnthropic } from '../shared/src/testing/fake-vendors/anthropic/server.ts';
import type { FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { startFleet, type Fleet } from './support/fleet.ts';

const LABELS = ['billing', 'bug', 'praise'];
/** 90 texts, 30 of each label, each with its number at the end. */
const SAMPLES = Array.from({ length: 90 }, (_, index) => {
  const label = LABELS[index % 3] ?? '';
  return { text: `This is about ${label}, case ${index}`, label };
});
const toNumber = (text: string) => Number(/\d+$/.exec(text)?.[0] ?? 0);
const toRight = (text: string) => LABELS[toNumber(text) % 3] ?? '';

let fleet: Fleet;
let good: FakeVendor;
let poor: FakeVendor;
beforeAll(async () => {
  fleet = await startFleet({ workers: 2 });
  good = await startFakeOpenAi({ answer: ({ text }) => toRight(text) });
  // Every tenth text of all it calls a bug, right or wrong.
  poor = await startFakeAnthropic({
    answer: ({ text }) => (toNumber(text) % 10 === 0 ? 'bug' : toRight(text)),
  });
  const { client } = fleet;
  await client.providers.create({
    name: 'good',
    type: 'openai',
    baseUrl: good.url,
    apiKey: 'sk-evaluation-0123456789',
    configuration: { model: 'gpt-4o-mini', maxConcurrency: 4 },
  });
  await client.providers.create({
    name: 'poor',
    type: 'anthropic',
    baseUrl: poor.url,
    apiKey: 'sk-ant-evaluation-0123',
    configuration: { model: 'claude-haiku-4-5' },
  });
  await client.classifiers.create({
    name: 'support',
    labels: LABELS.map((name) => ({ name, examples: [`This is about ${name}`] })),
  });
});
afterAll(async () => {
  await fleet.close();
  await Promise.all([good.stop(), poor.stop()]);
});

it('finds out how good each provider is, also where a worker is killed in the middle of it', async () => {
  const { client, workers } = fleet;
  good.respondAlways({ kind: 'delay', ms: 60 });
  const { id, total } = await client.evaluations.start('support', { samples: SAMPLES });
  expect(total).toBe(3 * SAMPLES.length);
  await eventually(async () => (await client.evaluations.get(id)).done >= 20, { timeoutMs: 30_000 });
  await workers[0]?.kill();
  const found = await eventually(
    async () => {
      const evaluation = await client.evaluations.get(id);
      return evaluation.state === 'finished' && evaluation;
    },
    { timeoutMs: 75_000, everyMs: 200 },
  );
  expect(found).toMatchObject({
    done: total,
    total,
    samples: 90,
    classifier: { name: 'support', version: 1 },
  });

  const of = (name: string) =>
    found.providers.find(({ provider }) => provider.name === name) as Evaluation['providers'][number];
  const right = LABELS.map((label) => ({ expected: label, answered: label, count: 30 }));
  for (const name of ['good', 'local']) {
    expect(of(name)).toMatchObject({ answered: 90, correct: 90, accuracy: 1, macroF1: 1 });
    expect(of(name).confusion).toEqual(expect.arrayContaining(right));
    expect(of(name).confusion).toHaveLength(3);
  }
  // Of the nine tens from 0 to 80, three each are expected to be billing, bug and praise.
  expect(of('poor')).toMatchObject({ answered: 90, correct: 84, accuracy: 84 / 90 });
  expect(of('poor').confusion).toEqual(
    expect.arrayContaining([
      { expected: 'billing', answered: 'billing', count: 27 },
      { expected: 'billing', answered: 'bug', count: 3 },
      { expected: 'bug', answered: 'bug', count: 30 },
      { expected: 'praise', answered: 'praise', count: 27 },
      { expected: 'praise', answered: 'bug', count: 3 },
    ]),
  );
  // F1: billing and praise 54/57 each, bug 60/66.
  expect(of('poor').macroF1).toBeCloseTo((54 / 57 + 60 / 66 + 54 / 57) / 3, 12);
  expect(of('good').p50Ms).toBeGreaterThanOrEqual(50);
  expect(of('good').costUsd).toBeGreaterThan(0);
  expect(of('local')).toMatchObject({ costUsd: 0, pricing: 'free' });

  const wrong: string[] = [];
  for await (const { provider, expected, job } of client.evaluations.results(id)) {
    if (job.result?.label !== expected[0]) wrong.push(`${provider} ${toNumber(job.text ?? '')}`);
  }
  expect(wrong).toEqual([0, 20, 30, 50, 60, 80].map((number) => `poor ${number}`));

  const [row] = await eventually(async () => {
    const { data } = await client.evaluations.list({ classifier: 'support' });
    return data[0]?.providers ? data : false;
  });
  expect(row?.providers?.map(({ accuracy }) => accuracy).toSorted()).toEqual([84 / 90, 1, 1]);
});
