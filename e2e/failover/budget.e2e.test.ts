import { expect, it, onTestFinished } from 'vitest';
import { isFinal, type Classification } from '../../shared/src/contracts/classification.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { strikeBalance } from '../support/balance.ts';
import { startFleet } from '../support/fleet.ts';

const JOBS = 64;
/** Tokens of every answer, which are also the most that a call may use: so each costs what was reserved for it. */
const TOKENS = 16;
const USD_PER_MILLION = 1_000;
const USD_PER_CALL = (TOKENS * USD_PER_MILLION) / 1e6;
/** Each look reads every job. */
const WAIT = { timeoutMs: 45_000, everyMs: 500 };

/** Two workers, and a provider whose budget is for so many calls. */
async function setup(calls: number) {
  const fleet = await startFleet({ workers: 2 });
  onTestFinished(() => fleet.close());
  const vendor = await startFakeOpenAi();
  onTestFinished(() => vendor.stop());
  const { client } = fleet;
  const { id } = await client.providers.create({
    name: 'limited',
    type: 'openai-compatible',
    baseUrl: vendor.url,
    configuration: {
      model: 'own',
      maxConcurrency: 2 * JOBS,
      maxOutputTokens: TOKENS,
      price: { inputUsdPerMillion: 0, outputUsdPerMillion: USD_PER_MILLION },
      monthlyBudgetUsd: calls * USD_PER_CALL,
    },
  });
  // Four characters a token, by this vendor; blanks behind an answer are none of it.
  const content = JSON.stringify({ label: 'bug', confidence: 0.97 }).padEnd(4 * TOKENS);
  // oxlint-disable-next-line unicorn/no-thenable -- a fake's behaviour, not a promise
  vendor.respondAlways({ kind: 'delay', ms: 300, then: { kind: 'say', content } });
  const countCalls = () => vendor.calls().length;
  const read = (jobs: readonly Classification[]) =>
    Promise.all(jobs.map(({ id: jobId }) => client.classifications.get(jobId)));
  return { ...fleet, id, countCalls, read };
}

it('makes exactly the calls that a budget is for, of 64 jobs at once at two workers, and more when it is raised', async () => {
  const { client, store, id, countCalls, read } = await setup(20);
  const overspends: unknown[] = [];
  const watch = async () => {
    const { budget } = await client.providers.usage(id);
    if (budget && budget.spentUsd + budget.reservedUsd > budget.limitUsd + 1e-9) overspends.push(budget);
    return budget;
  };
  const jobs = await Promise.all(
    Array.from({ length: JOBS }, (_, index) =>
      client.classifications.submit({
        text: `The page ${index} is blank`,
        labels: ['bug', 'praise'],
        providers: ['limited'],
      }),
    ),
  );
  const untilSpent = async (calls: number) =>
    eventually(async () => {
      await watch();
      const states = (await read(jobs)).map(({ state, deferred }) => deferred?.reason ?? state);
      const count = (wanted: string) => states.filter((state) => state === wanted).length;
      return count('succeeded') === calls && count('budget_exhausted') === JOBS - calls;
    }, WAIT);

  await untilSpent(20);
  expect(countCalls()).toBe(20);
  expect(await watch()).toEqual({ limitUsd: 0.32, spentUsd: 0.32, reservedUsd: 0 });
  expect((await client.providers.read(id)).provider.status.flagged).toBe('budget');
  const waiting = (await read(jobs)).find(({ state }) => !isFinal(state));
  expect(waiting).toMatchObject({ deferred: { reason: 'budget_exhausted' }, attempts: [] });

  await client.providers.update(id, { configuration: { monthlyBudgetUsd: 30 * USD_PER_CALL } });
  await untilSpent(30);
  expect(countCalls()).toBe(30);
  // At half the price the same budget is for up to twice as many, once what was spent is priced again: a worker may not
  // know the price yet when it makes its next calls.
  const price = { inputUsdPerMillion: 0, outputUsdPerMillion: USD_PER_MILLION / 2 };
  await client.providers.update(id, { configuration: { price } });
  const repriced = await client.providers.reprice(id, { from: '2020-01-01T00:00:00Z', dryRun: false });
  expect(repriced).toMatchObject({ changed: expect.any(Number), after: { pricing: 'priced' } });
  const succeeded = await eventually(async () => {
    await watch();
    const states = (await read(jobs)).map(({ state, deferred }) => deferred?.reason ?? state);
    const ended = states.filter((state) => state === 'succeeded').length;
    const held = states.filter((state) => state === 'budget_exhausted').length;
    return ended > 40 && ended + held === JOBS && ended;
  }, WAIT);
  expect(countCalls()).toBe(succeeded);
  expect(succeeded).toBeLessThanOrEqual(60);

  await client.providers.update(id, { configuration: { monthlyBudgetUsd: 1 } });
  await eventually(async () => (await read(jobs)).every(({ state }) => isFinal(state)), WAIT);
  expect(countCalls()).toBe(JOBS);
  expect((await client.providers.read(id)).provider.status.flagged).toBeNull();
  expect(overspends).toEqual([]);
  const { miscounted, pending } = await strikeBalance(store, { untilSettled: true, timeoutMs: 20_000 });
  expect({ miscounted, pending }).toEqual({ miscounted: { requests: 0, costNanoUsd: 0 }, pending: 0 });
});
