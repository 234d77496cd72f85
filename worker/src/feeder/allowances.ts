import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import type { LaneHold } from '@understudy/shared/store/lane-holds/note-holds';
import { byNameKeys } from '@understudy/shared/store/providers/to-name-keys';
import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { createLaneSelections } from './lane-selections.ts';
import { createProviderCounts } from './provider-counts.ts';

interface AllowancesInput {
  providers: readonly PooledProvider[];
  rooms: readonly ProviderRoom[];
  settings: Pick<DispatchConfig, 'failoverEnabled' | 'strategy' | 'degradedAfterMs'>;
  /** For each job in the window that holds no place yet: the provider it was chosen for; null where that is not known. */
  unadmitted: readonly (string | null)[];
  /** How many jobs may be at hand for a provider beyond those that it has a place for. */
  ahead: (providerId: string) => number;
  /** Milliseconds since 1970. */
  nowMs: number;
}

/** What the providers can take of the jobs that wait; taking from it leaves less. */
export interface Allowances {
  /** How many jobs of a lane may go, and if only old ones, accepted by when; null where none may. */
  of(lane: Lane): { atMost: number; until: Date | null } | null;
  /** @returns the provider that a job of the lane is chosen for, whose allowance it takes; null where there is none. */
  take(lane: Lane, createdAt: Date): string | null;
  /** What keeps a lane's jobs in line now, but for mere want of places; null where nothing does. */
  heldBy(lane: Lane): Pick<LaneHold, 'reason' | 'byLimit' | 'nextTryAt'> | null;
  /** How many jobs that name nobody could be taken now. */
  any(): number;
  /** How many each enabled provider could take now, by each of its names in lower case. */
  named(): ReadonlyMap<string, number>;
}

/** A job that names nobody, and may not be degraded. */
const ANYBODY: Lane = { priority: 0, client: '', route: 'any', providers: null, allowDegraded: false };

export function createAllowances(input: AllowancesInput): Allowances {
  const { providers, settings, unadmitted, ahead, nowMs } = input;
  const counts = createProviderCounts(input.rooms, { ahead, nowMs });
  const toSelection = createLaneSelections({ providers, settings });
  const aged = new Date(nowMs - settings.degradedAfterMs);

  function of(lane: Lane) {
    const { candidates, understudies } = toSelection(lane);
    const atMost = counts.sum(candidates);
    if (atMost > 0) return { atMost, until: null };
    // The dispatch has `local` step in for failures and open circuits only.
    if (candidates.length === 0 || !candidates.every(counts.isDown)) return null;
    const degraded = counts.sum(understudies);
    return degraded > 0 ? { atMost: degraded, until: aged } : null;
  }

  for (const id of unadmitted) {
    if (id === null || !counts.takeOne(id)) counts.takeFrom(toSelection(ANYBODY).candidates);
  }

  return {
    of,
    take(lane, createdAt) {
      const allowed = of(lane);
      if (!allowed || (allowed.until && createdAt > allowed.until)) return null;
      const { candidates, understudies } = toSelection(lane);
      return counts.takeFrom(candidates) ?? counts.takeFrom(understudies);
    },
    heldBy(lane) {
      if (of(lane) !== null) return null;
      const { candidates } = toSelection(lane);
      const up = candidates.filter((candidate) => !counts.isDown(candidate));
      if (up.length === 0) {
        const nextTryAt = counts.nextTryAt(candidates);
        return { reason: 'no_provider_available', byLimit: false, nextTryAt };
      }
      if (!up.every(counts.isLimited)) return null;
      const reason = up.every(counts.isSpent) ? 'budget_exhausted' : 'rate_limited';
      return { reason, byLimit: !up.some(counts.isThrottled), nextTryAt: counts.nextTryAt(up) };
    },
    any: () => counts.sum(toSelection(ANYBODY).candidates),
    named() {
      const enabled = providers.filter(({ provider }) => provider.enabled);
      const named = enabled.map((pooled) => ({ provider: pooled.provider, left: counts.left(pooled) }));
      const byName = byNameKeys(named, ({ provider }) => provider);
      return new Map([...byName].map(([key, { left }]) => [key, left]));
    },
  };
}
