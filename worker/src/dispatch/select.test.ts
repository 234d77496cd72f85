import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled, type ProviderOverrides } from '../testing/build-provider.ts';
import { byPriority, isLocal, select } from './select.ts';

const anyJob = { providers: null, allowDegraded: true };
const base = { order: byPriority, failoverEnabled: true };
const main = buildPooled({ name: 'main', priority: 10 });
const spare = buildPooled({ name: 'spare', priority: 20 });
const off = buildPooled({ name: 'off', priority: 1, enabled: false });
const local = buildPooled({ name: 'local', type: 'local', priority: 0 });

describe('a job that names nobody', () => {
  it('goes by priority, then by name, and never to local by strategy', () => {
    const same = buildPooled({ name: 'also', priority: 20 });
    const chosen = select({ ...base, job: anyJob, providers: [spare, local, same, off, main] });
    expect(chosen.candidates).toEqual([main, same, spare]);
    expect(chosen.understudies).toEqual([local]);
  });

  it('has no understudy where it allows no degraded answer', () => {
    const job = { ...anyJob, allowDegraded: false };
    expect(select({ ...base, job, providers: [main, local] }).understudies).toEqual([]);
  });

  it.each([true, false])('goes to local where nobody else is enabled (allowDegraded %s)', (allowDegraded) => {
    const job = { ...anyJob, allowDegraded };
    expect(select({ ...base, job, providers: [off, local] })).toMatchObject({ candidates: [local] });
  });

  it('shows who is disabled only where that is why nobody is asked', () => {
    expect(select({ ...base, job: anyJob, providers: [off] })).toMatchObject({
      candidates: [],
      disabled: [off],
    });
    expect(select({ ...base, job: anyJob, providers: [off, main] }).disabled).toEqual([]);
  });
});

describe('a job that names its providers', () => {
  it('goes to those in its order, whatever their priority, without regard to case', () => {
    const job = { ...anyJob, providers: ['SPARE', 'main'] };
    expect(select({ ...base, job, providers: [main, spare, local] })).toEqual({
      candidates: [spare, main],
      understudies: [],
      disabled: [],
    });
  });

  it('takes local where it is named, and says who of them is disabled', () => {
    const job = { ...anyJob, providers: ['off', 'local', 'main', 'gone'] };
    const chosen = select({ ...base, job, providers: [main, off, local] });
    expect(chosen).toEqual({ candidates: [local, main], understudies: [], disabled: [off] });
  });

  it('goes to whoever has a name before whoever had it', () => {
    const renamed = buildPooled({ name: 'main-eu', formerNames: ['main'] });
    const main = buildPooled({ name: 'main' });
    const job = { ...anyJob, providers: ['main'] };
    expect(select({ ...base, job, providers: [renamed, main] }).candidates).toEqual([main]);
  });

  it('goes to one that was renamed since', () => {
    const renamed = buildPooled({ name: 'main-eu', formerNames: ['eu', 'main'] });
    const job = { ...anyJob, providers: ['Main', 'spare'] };
    expect(select({ ...base, job, providers: [spare, renamed] }).candidates).toEqual([renamed, spare]);
  });
});

it('asks one provider only, and no understudy, where failover is off', () => {
  const chosen = select({ ...base, failoverEnabled: false, job: anyJob, providers: [main, spare, local] });
  expect(chosen).toMatchObject({ candidates: [main], understudies: [] });
});

describe('whatever the providers and the job', () => {
  const anyProvider = fc
    .record({
      type: fc.constantFrom('openai' as const, 'anthropic' as const, 'local' as const),
      enabled: fc.boolean(),
      priority: fc.integer({ min: 0, max: 3 }),
    })
    .map((overrides: ProviderOverrides) => overrides);
  const anyCase = fc.record({
    providers: fc
      .array(anyProvider, { maxLength: 6 })
      .map((all) => all.map((overrides, index) => buildPooled({ ...overrides, name: `p${index}` }))),
    named: fc.option(fc.uniqueArray(fc.constantFrom<string>('p0', 'p1', 'p2', 'p3', 'x'), { minLength: 1 })),
    allowDegraded: fc.boolean(),
    failoverEnabled: fc.boolean(),
  });

  it('asks nobody twice, nobody disabled, and local only where it may', () => {
    fc.assert(
      fc.property(anyCase, ({ providers, named, allowDegraded, failoverEnabled }) => {
        const job = { providers: named, allowDegraded };
        const { candidates, understudies } = select({ ...base, job, providers, failoverEnabled });
        const asked = [...candidates, ...understudies];
        const others = providers.filter((entry) => entry.provider.enabled && !isLocal(entry));
        const mayHaveUnderstudy = allowDegraded && named === null && failoverEnabled;

        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.every(({ provider }) => provider.enabled)).toBe(true);
        expect(understudies.every(isLocal)).toBe(true);
        expect(understudies.length === 0 || mayHaveUnderstudy).toBe(true);
        expect(named === null || asked.every(({ reference }) => named.includes(reference.name))).toBe(true);
        expect(named !== null || others.length === 0 || !candidates.some(isLocal)).toBe(true);
      }),
    );
  });

  it('asks everybody else who is enabled', () => {
    fc.assert(
      fc.property(anyCase, ({ providers, allowDegraded }) => {
        const others = providers.filter((entry) => entry.provider.enabled && !isLocal(entry));
        fc.pre(others.length > 0);
        const { candidates } = select({ ...base, job: { providers: null, allowDegraded }, providers });
        expect(new Set(candidates)).toEqual(new Set(others));
      }),
    );
  });

  it('keeps the order of a job that names its providers, by name in any case or by id', () => {
    const howNamed = fc.array(
      fc.record({ index: fc.nat(7), by: fc.constantFrom('name' as const, 'shout' as const, 'id' as const) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(anyCase, howNamed, ({ providers, allowDegraded }, named) => {
        const toName = ({ index, by }: { index: number; by: 'name' | 'shout' | 'id' }) => {
          const { name = `gone${index}`, _id = 'prv_gone' } = providers[index]?.provider ?? {};
          return { name, shout: name.toUpperCase(), id: _id }[by];
        };
        const job = { providers: named.map(toName), allowDegraded };
        const wanted = [...new Set(named.flatMap(({ index }) => providers[index] ?? []))];
        const isEnabled = ({ provider }: (typeof wanted)[number]) => provider.enabled;
        expect(select({ ...base, order: (all) => all.toReversed(), job, providers })).toEqual({
          candidates: wanted.filter(isEnabled),
          understudies: [],
          disabled: wanted.filter((entry) => !isEnabled(entry)),
        });
      }),
    );
  });

  it('asks local exactly where it is named or alone, and has it step in exactly where the job allows', () => {
    fc.assert(
      fc.property(anyCase, ({ providers, named, allowDegraded }) => {
        const { candidates, understudies } = select({
          ...base,
          job: { providers: named, allowDegraded },
          providers,
        });
        const enabled = providers.filter(({ provider }) => provider.enabled);
        const isAlone = enabled.every(isLocal);
        for (const local of enabled.filter(isLocal)) {
          const isNamed = named?.includes(local.reference.name) ?? isAlone;
          expect(candidates.includes(local)).toBe(isNamed);
          expect(understudies.includes(local)).toBe(named === null && !isAlone && allowDegraded);
        }
      }),
    );
  });

  it('gives the strategy those only that it may choose from, and does as it says', () => {
    fc.assert(
      fc.property(anyCase, ({ providers, allowDegraded }) => {
        const others = providers.filter((entry) => entry.provider.enabled && !isLocal(entry));
        fc.pre(others.length > 0);
        const order = (given: readonly PooledProvider[]) => {
          expect(given).toEqual(others);
          return given.toReversed();
        };
        const job = { providers: null, allowDegraded };
        expect(select({ ...base, order, job, providers }).candidates).toEqual(others.toReversed());
      }),
    );
  });

  it('asks only the first of them, and no understudy, without failover', () => {
    fc.assert(
      fc.property(anyCase, ({ providers, named, allowDegraded }) => {
        const given = { ...base, job: { providers: named, allowDegraded }, providers };
        const { candidates } = select(given);
        expect(select({ ...given, failoverEnabled: false })).toMatchObject({
          candidates: candidates.slice(0, 1),
          understudies: [],
        });
      }),
    );
  });
});
