import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../ids.ts';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
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
