import type { RedisBed } from '@understudy/shared/testing/test-bed';
import type { Admittance, CallEnd } from '../dispatch/admission/admission.ts';
import type { FleetAdmission } from '../dispatch/fleet/fleet-admission.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled, type ProviderOverrides } from './build-provider.ts';
import { createFleetBed } from './fleet-bed.ts';

let calls = 0;
/** What a call costs at most, and what it likely uses. */
const BOUND = { nanoUsd: 1_000, tokens: 100 };

/** A call of at most a second, to be asked leave for. */
export const toCall = () => ({
  id: `att_${(calls += 1)}`,
  limitMs: 1_000,
  bound: {
    likelyTokens: BOUND.tokens,
    price: { costNanoUsd: BOUND.nanoUsd, pricing: 'priced', priceVersion: null } as const,
  },
});

/** How it ended: well, at less than its bound, where nothing else is said. */
export const end = (more: Partial<CallEnd> = {}): CallEnd => ({
  breaker: 'good',
  cooldown: null,
  used: { tokens: 10, costNanoUsd: 400 },
  ...more,
});

/** What the provider is like, and how many processes there are. */
export type FleetCalls = ProviderOverrides & { processes?: number };

/** Several processes that ask leave for calls to one provider. */
export async function setUpCalls(bed: RedisBed, { processes = 4, ...provider }: FleetCalls = {}) {
  const fleet = createFleetBed(bed);
  const pooled = buildPooled(provider);
  const admissions = await Promise.all(Array.from({ length: processes }, () => fleet.join()));
  for (const admission of admissions) admission.sync([pooled]);
  const at = (index: number) => admissions[index % processes] as FleetAdmission;
  const admit = async (index = 0) => {
    const admittance = await at(index).admit(pooled, toCall());
    if (!admittance.admitted) throw new Error(`It was refused: ${admittance.reason}`);
    return admittance;
  };
  const rushOn = (admission: FleetAdmission, count: number) =>
    Promise.all(Array.from({ length: count }, () => admission.admit(pooled, toCall())));
  /** So many ask at once, over all processes. */
  const rush = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => at(index).admit(pooled, toCall())));
  return { fleet, pooled, admissions, at, admit, rush, rushOn };
}

export async function releaseAll(admittances: readonly Admittance[]): Promise<void> {
  for (const one of admittances) if (one.admitted) await one.release(end());
}

export function countAdmitted(admittances: readonly Admittance[]): number {
  return admittances.filter(({ admitted }) => admitted).length;
}

export const toReasons = (admittances: readonly Admittance[]) =>
  new Set(admittances.flatMap((admittance) => (admittance.admitted ? [] : [admittance.reason])));

/** The provider after a change. */
export const later = (
  pooled: PooledProvider,
  provider: Partial<PooledProvider['provider']>,
): PooledProvider => ({
  ...pooled,
  provider: { ...pooled.provider, ...provider },
});
