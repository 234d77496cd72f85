import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { byPriority, select, type Selection } from '../dispatch/select.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';

interface LaneSelectionsOptions {
  providers: readonly PooledProvider[];
  settings: Pick<DispatchConfig, 'failoverEnabled' | 'strategy'>;
}

/** Whom the dispatch will ask for the jobs of a lane, as far as that can be told before. */
export function createLaneSelections({ providers, settings }: LaneSelectionsOptions) {
  const selections = new Map<string, Selection>();

  /** Only the first is asked then; by any strategy but priority, each of them may be the first. */
  function withoutFailover({ providers: named }: Lane, { candidates }: Selection) {
    const isFirstKnown = named !== null || settings.strategy === 'priority';
    return { candidates: isFirstKnown ? candidates.slice(0, 1) : candidates, understudies: [] };
  }

  return (lane: Lane): Selection => {
    const known = selections.get(lane.route);
    if (known) return known;
    const all = select({ job: lane, providers, order: byPriority, failoverEnabled: true });
    const selection = settings.failoverEnabled ? all : { ...all, ...withoutFailover(lane, all) };
    selections.set(lane.route, selection);
    return selection;
  };
}
