import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../ids.ts';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { countAttempts } from './count-attempts.ts';
import { readSpent } from './read-spent.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('tells what is under way from what is spent, and which of the calls asked for have ended', async () => {
  const provider = { id: createId('prv'), name: 'main', type: 'openai' as const, model: 'gpt-4o-mini' };
  const settledAt = new Date('2026-03-04T12:00:00Z');
  const ended = { ...buildAttempt({ provider }), ...buildAttemptEnd({ costNanoUsd: 400 }), settledAt };
  const running = buildAttempt({ provider, reservedNanoUsd: 1_000 });
  await bed.store.attempts.create([ended, running]);
  const asked = [ended._id, running._id, 'att_unheard'];
  expect(await readSpent(bed.store, provider.id, '2026-03', asked)).toMatchObject({
    spent: 400,
    reserved: 1_000,
    pending: [{ _id: running._id, reservedNanoUsd: 1_000, limitAt: running.limitAt }],
    settled: [ended._id],
  });
});

it('reads a month of many hours and clients by the day, and beside it what was no real traffic', async () => {
  const provider = { id: createId('prv'), name: 'main', type: 'openai' as const, model: 'gpt-4o-mini' };
  const ended = Array.from({ length: 600 }, (_, index) => ({
    ...buildAttempt({ provider, client: `client ${index % 5}` }),
    ...buildAttemptEnd({ costNanoUsd: 10 }),
    settledAt: new Date(Date.UTC(2026, 2, 1 + (index % 3), index % 24)),
  }));
  const apart = (['test', 'drill', 'health'] as const).map((purpose) => ({
    ...buildAttempt({ provider, purpose }),
    ...buildAttemptEnd({ costNanoUsd: 1_000 }),
    settledAt: new Date('2026-03-31T23:59:59.999Z'),
  }));
  const outside = ['2026-02-28T23:59:59.999Z', '2026-04-01T00:00:00Z'].map((at) => ({
    ...buildAttempt({ provider }),
    ...buildAttemptEnd({ costNanoUsd: 1_000_000 }),
    settledAt: new Date(at),
  }));
  const all = [...ended, ...apart, ...outside];
  await bed.store.attempts.insertMany(all);
  const ids = all.map(({ _id }) => _id);
  await countAttempts(bed.store, ids, 0);
  let spent = 0;
  const queries = await profileQueries(bed.store, async () => {
    ({ spent } = await readSpent(bed.store, provider.id, '2026-03'));
  });
  expect(spent).toBe(600 * 10 + 3 * 1_000);
  const usage = queries.filter(({ collection }) => collection.startsWith('usage_'));
  expect(usage.map(({ docsExamined }) => docsExamined)).toEqual([3, 3]);
});
