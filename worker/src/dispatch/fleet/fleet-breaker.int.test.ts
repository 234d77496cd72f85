import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import { buildPooled } from '../../testing/build-provider.ts';
import { createFleetBed, type FleetBed } from '../../testing/fleet-bed.ts';
import type { CallEnd } from '../admission/admission.ts';
import { CONTRACT_SETTINGS, describeBreaker, type BreakerUnderTest } from '../admission/breaker-contract.ts';
import type { BreakerOutcome } from '../faults.ts';
import type { FleetAdmission } from './fleet-admission.ts';

let bed: RedisBed;
let fleet: FleetBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
beforeEach(() => {
  fleet = createFleetBed(bed, { breaker: CONTRACT_SETTINGS });
});
afterEach(() => fleet.close());
afterAll(() => bed.close());

const toEnd = (breaker: BreakerOutcome): CallEnd => ({
  breaker,
  cooldown: null,
  used: { tokens: 0, costNanoUsd: 0 },
});
const price = { costNanoUsd: 0, pricing: 'free', priceVersion: null } as const;
let calls = 0;
const toCall = (limitMs = 1_000) => ({
  id: `att_${(calls += 1)}`,
  limitMs,
  bound: { likelyTokens: 0, price },
});
const pooled = buildPooled({ configuration: { maxConcurrency: 1_000 } });

/** The fleet's breaker as three processes see it, in turn. */
async function createBreaker(): Promise<BreakerUnderTest> {
  const processes = [await fleet.join(), await fleet.join(), await fleet.join()];
  let turn = 0;
  const next = () => processes[(turn += 1) % processes.length] as FleetAdmission;
  return {
    state: async () => (await fleet.read(pooled.provider._id)).circuit,
    async enter(leaseMs) {
      // A lease is the call's limit and what it takes to settle it.
      const admittance = await next().admit(pooled, toCall(Math.max(0, leaseMs - 5_000)));
      if (!admittance.admitted) {
        const { untilAt } = admittance;
        return { admitted: false, untilMs: untilAt };
      }
      return { admitted: true, settle: (outcome) => admittance.release(toEnd(outcome)) };
    },
    async reset() {
      const resetAt = new Date(fleet.clock.now());
      for (const process of processes) {
        process.sync([pooled]);
        process.sync([{ ...pooled, provider: { ...pooled.provider, resetAt } }]);
      }
      await eventually(async () => (await fleet.read(pooled.provider._id)).circuit === 'closed');
    },
    advance: (ms) => fleet.clock.advance(ms),
  };
}

describeBreaker('over the fleet', createBreaker);
