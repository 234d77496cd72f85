import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readEpoch } from '@understudy/shared/jobs/epoch';
import type { Producer } from '@understudy/shared/jobs/producer';
import type { Window } from '@understudy/shared/jobs/window';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { Store } from '@understudy/shared/store/connect';
import { returnJobs } from '@understudy/shared/store/jobs/return-jobs';
import { takeWaitingJobs } from '@understudy/shared/store/jobs/waiting-jobs';
import type { Admission, ProviderRoom } from '../dispatch/admission/admission.ts';
import { createAllowances, type Allowances } from './allowances.ts';
import { createBringBack, type BringBackDeps } from './bring-back.ts';
import { chooseJobs } from './choose-jobs.ts';
import type { Chosen } from './client-queue.ts';
import { enqueueTraced } from './enqueue-traced.ts';
import { createHoldNoter } from './hold-noter.ts';
import { createLanes } from './lanes.ts';
import { createProviderEnds } from './provider-ends.ts';
import { createWindowSize, MAX_WINDOW_JOBS, type QueueCounts } from './window-size.ts';

export interface RoundDeps extends BringBackDeps {
  store: Store;
  redis: Redis;
  prefix: string;
  producer: Pick<Producer, 'addClassifications' | 'queues'>;
  window: Pick<Window, 'grant'>;
  admission: Pick<Admission, 'readRoom'> & { capacity(): number };
  settings: { current(): DispatchConfig };
  tracing?: Tracing | null;
}

/** What a round left behind. */
export interface RoundEnd {
  /** How many jobs it put into the window. */
  fed: number;
  /** How many jobs the window holds now. */
  held: number;
  /** Whether jobs wait in the ledger that a provider could take. */
  hasMore: boolean;
}

const NO_TICKETS = { all: 0, any: 0, named: new Map<string, number>() };

/** One feeder's memory and its rounds: what came due waits again, the window is filled, tickets are granted. */
export function createRounds(deps: RoundDeps): () => Promise<RoundEnd> {
  const { store, producer, window, admission, pool, settings, clock } = deps;
  const bringBack = createBringBack(deps);
  const lanes = createLanes(store);
  const noteHolds = createHoldNoter(deps);
  const size = createWindowSize(clock.monotonic);
  const ends = createProviderEnds(clock.monotonic);
  let servedLast: ReadonlyMap<number, string> = new Map();
  /** The providers that jobs were chosen for as they went into the queue, latest last; null where that is not known. */
  let chosenFor: (string | null)[] = [];
  let lastEpoch = '';

  function noteAdded(providerIds: readonly (string | null)[]) {
    size.noteAdded(providerIds.length);
    chosenFor = [...chosenFor, ...providerIds].slice(-MAX_WINDOW_JOBS);
  }

  function toAllowances(rooms: readonly ProviderRoom[], { waiting, active }: QueueCounts): Allowances {
    const underWay = rooms.reduce((sum, room) => sum + room.underWay, 0);
    const count = waiting + Math.max(0, active - underWay);
    const known = count === 0 ? [] : chosenFor.slice(-count);
    return createAllowances({
      providers: pool.list(),
      rooms,
      settings: settings.current(),
      unadmitted: [...known, ...Array<null>(count - known.length).fill(null)],
      ahead: (providerId) => Math.min(size.ahead(), ends.ahead(providerId)),
      nowMs: clock.now(),
    });
  }

  return async () => {
    const [epoch, counts] = await Promise.all([readEpoch(deps.redis, deps.prefix), readCounts(producer)]);
    // After the counts: what was admitted in between is then counted twice, never missed.
    const rooms = await admission.readRoom(pool.list());
    if (epoch !== lastEpoch) size.forget();
    lastEpoch = epoch;
    size.look(counts);
    ends.look(rooms);
    await bringBack(epoch, rooms);
    await lanes.look();
    const allowances = toAllowances(rooms, counts);
    const free = settings.current().paused ? 0 : size.free(admission.capacity());
    const choice = await chooseJobs({
      store,
      lanes: lanes.list(),
      allowances,
      slots: free,
      servedLast,
    });
    servedLast = choice.servedLast;
    for (const lane of choice.drained) lanes.drop(lane);
    // One that may go is read, and drained if it is empty.
    for (const lane of lanes.listUnmet()) if (allowances.of(lane) === null) lanes.drop(lane);
    const fed = await feed(deps, choice.chosen, epoch);
    noteAdded(fed.map(({ providerId }) => providerId));
    await noteHolds({ lanes, allowances, paused: settings.current().paused });
    const waitingClients = [...new Set(lanes.list().map(({ client }) => client))];
    const all = free - fed.length;
    const tickets =
      all === 0
        ? NO_TICKETS
        : { all, any: Math.min(all, allowances.any()), named: capped(allowances.named(), all) };
    const taken = await window.grant({ epoch, ...tickets, waitingClients });
    noteAdded(Array<null>(taken).fill(null));
    return {
      fed: fed.length,
      held: size.held(),
      hasMore: lanes.list().some((lane) => allowances.of(lane) !== null),
    };
  };
}

/** Ledger first, then queue: what the queue does not take waits again. @returns those that went in. */
async function feed(
  { store, producer, tracing }: RoundDeps,
  chosen: Chosen[],
  epoch: string,
): Promise<Chosen[]> {
  const chosenIds = chosen.map(({ jobId }) => jobId);
  const jobs = await takeWaitingJobs(store, chosenIds, epoch);
  try {
    await enqueueTraced(tracing, producer, jobs);
  } catch (err) {
    await returnJobs(store, chosenIds);
    throw err;
  }
  const taken = new Set(jobs.map(({ jobId }) => jobId));
  return chosen.filter(({ jobId }) => taken.has(jobId));
}

async function readCounts({ queues }: Pick<Producer, 'queues'>): Promise<QueueCounts> {
  const counts = await queues.classify.getJobCounts('wait', 'prioritized', 'active', 'delayed');
  const { wait = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  return { waiting: wait + prioritized, active, delayed };
}

function capped(counts: ReadonlyMap<string, number>, most: number): Map<string, number> {
  return new Map([...counts].map(([name, count]) => [name, Math.min(count, most)]));
}
