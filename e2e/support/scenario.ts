import { describe, it } from 'vitest';
import type { FaultKind } from '../../shared/src/contracts/fault.ts';
import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import { BACKUP_ANSWER, countCalls, listTries, type PairOptions, type VendorType } from './pair.ts';
import type { Stage } from './stage.ts';

/** A fault of the primary's that the backup answers for. */
export interface Scenario extends PairOptions {
  /** What the primary does to every call, by its vendor where they differ. */
  behaviour: FakeBehaviour | Record<VendorType, FakeBehaviour>;
  fault: FaultKind;
  /** How often the primary is asked within the job. */
  tries: 1 | 2;
  /** Whether the primary would have gone on, and lost to a backup that was started beside it. */
  overtaken?: boolean;
  /** Calls that reach the primary's vendor, where they are not its tries. */
  calls?: number;
}

export const VENDOR_TYPES = ['openai', 'anthropic'] as const;

/** Cases with a vendor each, in turns: what the replies of every vendor mean is held by the contract of the adapters. */
export function inTurns<T extends object>(cases: readonly T[]): (T & { type: VendorType })[] {
  return cases.map((one, index) => ({ ...one, type: index % 2 === 0 ? 'openai' : 'anthropic' }));
}

/** No switch may take longer, by the product's own record. */
export const SWITCH_BAR_MS = 5_000;

/**
 * Plays each scenario with a vendor as the primary, and with each where they say it in ways of their own: the job succeeds,
 * and all that happened is on record.
 */
export function playScenarios(toStage: () => Stage, scenarios: Record<string, Scenario>): void {
  const played = inTurns(Object.entries(scenarios).map(([name, scenario]) => ({ name, scenario }))).flatMap(
    ({ type, name, scenario }) => {
      const { behaviour } = scenario;
      if ('kind' in behaviour) return [{ type, name, scenario, behaviour }];
      return VENDOR_TYPES.map((each) => ({ type: each, name, scenario, behaviour: behaviour[each] }));
    },
  );
  describe('fails over', () => {
    for (const { type, name, scenario, behaviour } of played) {
      it.concurrent(`from ${name} (${type})`, async ({ expect, onTestFinished }) => {
        const { fault, tries, overtaken = false, calls = tries } = scenario;
        const pair = await toStage().createPair(type, scenario);
        onTestFinished(pair.dismiss);
        const { primary, backup } = pair;
        primary.vendor.respondAlways(behaviour);

        const job = await pair.run();
        expect(job).toMatchObject({
          state: 'succeeded',
          result: { label: BACKUP_ANSWER },
          provider: { name: backup.name },
          degraded: false,
          passedOver: [],
        });
        const outcome = overtaken ? 'aborted' : 'failed';
        expect(listTries(job, primary)).toEqual(Array.from({ length: tries }, () => ({ outcome, fault })));
        expect(listTries(job, backup)).toEqual([{ outcome: 'succeeded', fault: null }]);
        expect(countCalls(primary)).toBe(calls);

        const failovers = await pair.readFailovers(job.id);
        expect(failovers).toMatchObject([
          { from: { name: primary.name }, to: { name: backup.name }, fault, hedge: overtaken, drill: false },
        ]);
        expect(failovers[0]?.switchMs).toBeLessThan(SWITCH_BAR_MS);
      });
    }
  });
}
