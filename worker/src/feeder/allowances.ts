import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import type { ProviderRoom } from '../dispatch/admission.ts';
import { REASON_MEANINGS } from '../dispatch/conclude.ts';
import { byPriority, select, type Selection } from '../dispatch/select.ts';
import type { PooledProvider } from '../provider-pool.ts';

interface AllowancesInput {
  providers: readonly PooledProvider[];
  rooms: readonly ProviderRoom[];
  settings: Pick<DispatchConfig, 'failoverEnabled' | 'strategy' | 'degradedAfterMs'>;
  /** For each job in the window that holds no place yet: the provider it was chosen for; null where that is not known. */
  unadmitted: readonly (string | null)[];
  /** How many jobs may be at hand for a provider beyond those that it has a place for. */
  ahead: number;
  /** Milliseconds since 1970. */
  nowMs: number;
}

/** What the providers can take of the jobs that wait; taking from it leaves less. */
export interface Allowances {
  /** How many jobs of a lane may go, and if only old ones, accepted by when; null where none may. */
  of(lane: Lane): { atMost: number; until: Date | null } | null;
  /** @returns the provider that a job of the lane is chosen for, whose allowance it takes; null where there is none. */
  take(lane: Lane, createdAt: Date): string | null;
  /** How many jobs that name nobody could be taken now. */
  any(): number;
  /** How many each enabled provider could take now, by its name in lower case. */
  named(): ReadonlyMap<string, number>;
}

/** A limit in tokens or money does not say how many jobs it holds. */
const FEW = 4;

export function createAllowances(input: AllowancesInput): Allowances {
  const { providers, settings, unadmitted, ahead, nowMs } = input;
  const rooms = new Map(input.rooms.map((room) => [room.providerId, room]));
  const left = new Map(providers.map((pooled) => [pooled.provider._id, toLeft(pooled)]));
  const selections = new Map<string, Selection>();
  const aged = new Date(nowMs - settings.degradedAfterMs);

  function toLeft({ provider: { _id, configuration } }: PooledProvider): number {
    const { allowance, room } = rooms.get(_id) ?? { allowance: null, room: Infinity };
    // More would only stand in line at it, each in a worker's place.
    const atHand = Math.min(allowance ?? Infinity, Math.max(0, room) + ahead);
    const isVague =
      'tokensPerMinute' in configuration &&
      (configuration.tokensPerMinute !== null || configuration.monthlyBudgetUsd !== null);
    return isVague ? Math.min(atHand, Math.max(FEW, ahead)) : atHand;
  }

  /** Whom the dispatch will ask, as far as that can be told before. */
  function toSelection(lane: Lane): Selection {
    const known = selections.get(lane.route);
    if (known) return known;
    const all = select({ job: lane, providers, order: byPriority, failoverEnabled: true });
    const selection = settings.failoverEnabled ? all : { ...all, ...withoutFailover(lane, all) };
    selections.set(lane.route, selection);
    return selection;
  }

  /** Only the first is asked then; by any strategy but priority, each of them may be the first. */
  function withoutFailover({ providers: named }: Lane, { candidates }: Selection) {
    const isFirstKnown = named !== null || settings.strategy === 'priority';
    return { candidates: isFirstKnown ? candidates.slice(0, 1) : candidates, understudies: [] };
  }

  const leftOf = ({ provider }: PooledProvider) => left.get(provider._id) ?? 0;
  const sum = (some: readonly PooledProvider[]) => some.reduce((total, one) => total + leftOf(one), 0);

  function isDown({ provider }: PooledProvider): boolean {
    const reason = rooms.get(provider._id)?.reason;
    return reason !== undefined && reason !== null && REASON_MEANINGS[reason] === 'down';
  }

  function of(lane: Lane) {
    const { candidates, understudies } = toSelection(lane);
    const atMost = sum(candidates);
    if (atMost > 0) return { atMost, until: null };
    // The dispatch has `local` step in for failures and open circuits only.
    if (candidates.length === 0 || !candidates.every(isDown)) return null;
    const degraded = sum(understudies);
    return degraded > 0 ? { atMost: degraded, until: aged } : null;
  }

  function takeFrom(some: readonly PooledProvider[]): string | null {
    const free = some.find((one) => leftOf(one) > 0);
    if (!free) return null;
    const { _id: id } = free.provider;
    left.set(id, leftOf(free) - 1);
    return id;
  }

  const anybody: Lane = { priority: 0, client: '', route: 'any', providers: null, allowDegraded: false };
  const anyCandidates = () => toSelection(anybody).candidates;
  for (const id of unadmitted) {
    if (id === null || !left.has(id)) takeFrom(anyCandidates());
    else left.set(id, Math.max(0, (left.get(id) ?? 0) - 1));
  }

  return {
    of,
    take(lane, createdAt) {
      const allowed = of(lane);
      if (!allowed || (allowed.until && createdAt > allowed.until)) return null;
      const { candidates, understudies } = toSelection(lane);
      return takeFrom(candidates) ?? takeFrom(understudies);
    },
    any: () => sum(anyCandidates()),
    named: () =>
      new Map(
        providers
          .filter(({ provider }) => provider.enabled)
          .map((pooled) => [pooled.provider.name.toLowerCase(), leftOf(pooled)]),
      ),
  };
}
