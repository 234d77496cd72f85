import { afterAll, beforeAll, expect, it } from 'vitest';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import { buildAttempt, buildAttemptEnd, buildProvider } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { countAttempts } from '../usage/count-attempts.ts';
import { readWindowUsage, type WindowUsage } from './read-window-usage.ts';

const NOW = Date.parse('2026-03-31T12:30:00Z');
const DAYS = 40;

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
  const remote = buildProvider();
  const local = buildProvider({ name: 'spare', type: 'local' });
  await bed.store.providers.insertMany([remote, local]);
  const toReference = ({ _id, name, type }: typeof remote) => ({ id: _id, name, type, model: 'm' });
  // Each day one answer of either, by four clients, one failure to connect, and one test.
  const attempts = Array.from({ length: DAYS }, (_, days) =>
    Array.from({ length: 4 }, (__, client) => {
      const settledAt = new Date(NOW - days * 86_400_000 - client * 3_600_000);
      const more = { settledAt, client: `client ${client}`, provider: toReference(remote) };
      return [
        { ...buildAttempt(more), ...buildAttemptEnd({ costNanoUsd: 10, pricing: 'priced' }) },
        {
          ...buildAttempt({ ...more, provider: toReference(local) }),
          ...buildAttemptEnd({ costNanoUsd: 0, pricing: 'free' }),
        },
      ];
    }).flat(),
  ).flat();
  const apart = Array.from({ length: DAYS }, (_, days) => {
    const more = { settledAt: new Date(NOW - days * 86_400_000), provider: toReference(remote) };
    return [
      {
        ...buildAttempt(more),
        ...buildAttemptEnd({ outcome: 'failed', fault: 'silent', costNanoUsd: null, pricing: 'unpriced' }),
      },
      {
        ...buildAttempt({ ...more, purpose: 'test' }),
        ...buildAttemptEnd({ outcome: 'failed', fault: 'timeout', costNanoUsd: 500, pricing: 'priced' }),
      },
    ];
  }).flat();
  const all = [...attempts, ...apart];
  await bed.store.attempts.insertMany(all);
  const ids = all.map(({ _id }) => _id);
  await countAttempts(bed.store, ids, 0);
});
afterAll(() => bed.close());

it.each(['7d', '30d'] as const)(
  'sums up %s by the day, and beside it what was no real traffic',
  async (window) => {
    const days = Number.parseInt(window, 10);
    let usage: WindowUsage | null = null;
    const queries = await profileQueries(bed.store, async () => {
      usage = await readWindowUsage(bed.store, WINDOW_MS[window], NOW);
    });
    // The window begins with an hour of a day that has others before it: of that day it has what was at its very start.
    expect(usage).toEqual({
      attempts: 5 * days + 2,
      connectErrors: days + 1,
      costNanoUsd: (4 * 10 + 500) * days + 10 + 500,
      pricing: 'partial',
    });
    const read = queries
      .filter(({ collection }) => collection.startsWith('usage_'))
      .reduce((sum, { docsExamined }) => sum + docsExamined, 0);
    expect(read).toBeLessThan(4 * days + 10);
  },
);

it('sums up a day and less by its hours', async () => {
  expect(await readWindowUsage(bed.store, WINDOW_MS['1h'], NOW)).toEqual({
    attempts: 3,
    connectErrors: 1,
    costNanoUsd: 2 * 10 + 500,
    pricing: 'partial',
  });
});
