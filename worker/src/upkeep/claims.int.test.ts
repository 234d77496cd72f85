import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toMonth } from '@understudy/shared/store/usage/budget';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import { buildAttempt } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { toBudgetKey } from '../dispatch/fleet/keys.ts';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';
import { freeClaims } from './claims.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterAll(() => bed.close());

/** A provider with a budget, whose month begins with a call; what the ledger and Redis say was spent in it. */
async function setup() {
  const { id } = await bed.addProvider({ configuration: { monthlyBudgetUsd: 5 as never } });
  const month = toMonth(bed.clock.now());
  const budgetKey = toBudgetKey(bed.prefix, id, month);
  return {
    id,
    begin: () => eventually(async () => (await bed.execute((await bed.submit())._id)).state === 'succeeded'),
    readLedger: async () => (await readSpent(bed.store, id, month)).spent,
    readRedis: async () => Number(await bed.redis.hget(budgetKey, 'spent')),
  };
}

/** As a worker leaves it that died during the call of a check. */
const insertCheck = (providerId: string) => {
  const provider = { id: providerId, name: 'main', type: 'openai-compatible', model: 'm' } as const;
  const limitAt = new Date(bed.clock.now() - 60_000);
  const owner = { purpose: 'health', jobId: `chk_${providerId}`, claimToken: `chk_${providerId}` } as const;
  return bed.store.attempts.create(buildAttempt({ ...owner, provider, limitAt, reservedNanoUsd: 7_000 }));
};

it('charges the budget with a check whose worker died', async () => {
  const { id, begin, readLedger, readRedis } = await setup();
  await begin();
  await insertCheck(id);
  await freeClaims(bed);
  expect(await readLedger()).toBe(207_000);
  expect(await readRedis()).toBe(207_000);
});

it('charges it once, where the month was read while the check was pending', async () => {
  const { id, begin, readLedger, readRedis } = await setup();
  await insertCheck(id);
  await begin();
  await freeClaims(bed);
  expect(await readLedger()).toBe(207_000);
  expect(await readRedis()).toBe(207_000);
});
