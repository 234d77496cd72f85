import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createRandom } from '@understudy/shared/testing/random';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PooledProvider } from '../provider-pool.ts';
import { buildPooled, type ProviderOverrides } from '../testing/build-provider.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecentLatencies } from './recent-latencies.ts';
import { createOrder } from './strategies.ts';

const STRATEGIES = ['priority', 'latency', 'cost', 'weighted', 'round-robin'] as const;

function setup(strategy: DispatchConfig['strategy'], random: () => number = () => 0.5) {
  const latencies = createRecentLatencies(createFakeClock());
  const order = createOrder({ strategy: () => strategy, latencies, random });
  const answered = ({ reference }: PooledProvider, durationMs: number) =>
    latencies.add({ provider: reference, outcome: 'succeeded', durationMs });
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
  latencies.add({ provider: main.reference, outcome: 'failed', durationMs: 1 });
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

it('begins with the next one each time by round-robin', () => {
  const { names } = setup('round-robin');
  const firsts = Array.from({ length: 4 }, () => names([spare, third, main])[0]);
  expect(firsts).toEqual(['main', 'spare', 'third', 'main']);
  expect(setup('round-robin').names([])).toEqual([]);
});
