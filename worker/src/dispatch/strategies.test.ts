import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createRandom } from '@understudy/shared/testing/random';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled, type ProviderOverrides } from '../testing/build-provider.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecentLatencies } from './recent-latencies.ts';
import { createOrder } from './strategies.ts';

/** Enough for shares to settle. */
const DRAWS = 3_000;
const STRATEGIES = ['priority', 'latency', 'cost', 'weighted', 'round-robin'] as const;

function setup(strategy: DispatchConfig['strategy'], random: () => number = () => 0.5) {
  const latencies = createRecentLatencies(createFakeClock());
  const order = createOrder({ strategy: () => strategy, latencies, random });
  const answered = ({ reference }: PooledProvider, durationMs: number) =>
    latencies.add({ provider: reference, purpose: 'job', outcome: 'succeeded', durationMs });
  const names = (providers: PooledProvider[]) => order(providers).map(({ reference }) => reference.name);
  return { order, latencies, answered, names };
}

const pooled = (name: string, overrides: ProviderOverrides = {}) => buildPooled({ name, ...overrides });
const main = pooled('main', { priority: 1 });
const spare = pooled('spare', { priority: 2 });
const third = pooled('third', { priority: 3 });

it.each(STRATEGIES)('loses nobody and asks nobody twice (%s)', (strategy) => {
  const provider = fc.record({ priority: fc.nat(100), weight: fc.constantFrom(0, 1, 5), ms: fc.nat(1_000) });
  fc.assert(
    fc.property(fc.array(provider, { maxLength: 8 }), fc.nat(), (rows, seed) => {
      const { order, answered } = setup(strategy, createRandom(seed));
      const providers = rows.map(({ priority, weight }, index) =>
        pooled(`p${index}`, { priority, configuration: { weight } }),
      );
      for (const [index, one] of providers.entries()) answered(one, rows[index]?.ms ?? 0);
      expect(new Set(order(providers))).toEqual(new Set(providers));
      expect(order(providers)).toHaveLength(providers.length);
    }),
  );
});

it('asks the quickest first by latency, and one that it does not know yet before all', () => {
  const { answered, names } = setup('latency');
  for (const ms of [900, 1_000, 10]) answered(main, ms);
  for (const ms of [300, 200, 5_000]) answered(spare, ms);
  expect(names([main, spare, third])).toEqual(['third', 'spare', 'main']);
});

it('follows a provider that became slow, and does not take a quick failure for an answer', () => {
  const { answered, latencies, names } = setup('latency');
  answered(main, 10);
  answered(spare, 500);
  for (let call = 0; call < 50; call += 1) answered(main, 2_000);
  latencies.add({ provider: main.reference, purpose: 'job', outcome: 'failed', durationMs: 1 });
  expect(names([main, spare])).toEqual(['spare', 'main']);
});

it('asks the cheapest first by cost, and one without a known price last', () => {
  const price = (usd: number) => ({ price: { inputUsdPerMillion: usd, outputUsdPerMillion: usd } });
  const dear = pooled('dear', { priority: 1, configuration: price(10) });
  const cheap = pooled('cheap', { priority: 2, configuration: price(0.1) });
  const unpriced = pooled('unpriced', { priority: 0, configuration: { price: null } });
  expect(setup('cost').names([unpriced, dear, cheap])).toEqual(['cheap', 'dear', 'unpriced']);
});

it('shares first places out by weight, and none to weight 0', () => {
  const { names } = setup('weighted', createRandom(1));
  const providers = [
    pooled('three', { configuration: { weight: 3 } }),
    pooled('one', { configuration: { weight: 1 } }),
    pooled('none', { configuration: { weight: 0 } }),
  ];
  const firsts = Array.from({ length: 4_000 }, () => names(providers)[0]);
  const share = (name: string) => firsts.filter((first) => first === name).length / firsts.length;
  expect(share('three')).toBeCloseTo(0.75, 1);
  expect(share('one')).toBeCloseTo(0.25, 1);
  expect(share('none')).toBe(0);
});

it('gives each place to those left in proportion to their weights, whatever these are', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(weights, fc.nat(), (all, seed) => {
      const { names } = setup('weighted', createRandom(seed));
      const providers = all.map((weight, index) => pooled(`p${index}`, { configuration: { weight } }));
      const draws = Array.from({ length: DRAWS }, () => names(providers));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      const [first = 0, second = 0] = all;
      const isNear = (count: number, of: number, share: number) =>
        // Five standard deviations of a binomial share.
        Math.abs(count / of - share) <= 5 * Math.sqrt((share * (1 - share)) / of);
      for (const [index, weight] of all.entries()) {
        const firsts = draws.filter(([name]) => name === `p${index}`).length;
        expect(isNear(firsts, DRAWS, weight / total)).toBe(true);
      }
      const afterFirst = draws.filter(([name]) => name === 'p0');
      const seconds = afterFirst.filter(([, name]) => name === 'p1').length;
      expect(isNear(seconds, afterFirst.length, second / (total - first))).toBe(true);
    }),
    { numRuns: 20, seed: 1 },
  );
});

it.each(['latency', 'cost'] as const)('sorts by what it knows and then by priority (%s)', (strategy) => {
  const row = fc.record({ priority: fc.nat(3), known: fc.option(fc.integer({ min: 1, max: 5 })) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      const { order, answered } = setup(strategy);
      const providers = rows.map(({ priority, known }, index) => {
        const price = known && { inputUsdPerMillion: known, outputUsdPerMillion: known };
        return pooled(`p${index}`, { priority, configuration: { price } as { price: null } });
      });
      for (const [index, one] of providers.entries()) {
        const ms = rows[index]?.known;
        if (ms) answered(one, ms);
      }
      // What nobody knows is the quickest, so that it is tried, and the dearest, so that it is not.
      const unknown = strategy === 'latency' ? 0 : 9;
      const toKey = (one: PooledProvider) => {
        const { priority = 0, known = null } = rows[providers.indexOf(one)] ?? {};
        return (known ?? unknown) * 10 + priority;
      };
      const keys = order(providers).map(toKey);
      expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    }),
  );
});

it('gives everybody the first place equally often by round-robin', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }), (count, rounds) => {
      const { names } = setup('round-robin');
      const providers = Array.from({ length: count }, (_, index) => pooled(`p${index}`));
      const firsts = Array.from({ length: count * rounds }, () => names(providers)[0]);
      for (const { reference } of providers) {
        expect(firsts.filter((first) => first === reference.name)).toHaveLength(rounds);
      }
    }),
  );
});

it('begins with the next one each time by round-robin', () => {
  const { names } = setup('round-robin');
  const firsts = Array.from({ length: 4 }, () => names([spare, third, main])[0]);
  expect(firsts).toEqual(['main', 'spare', 'third', 'main']);
  expect(setup('round-robin').names([])).toEqual([]);
});
