import type { Noted, Watched } from '../bed/watch-dispatch.ts';
import { countTrips, type TripCount } from '../wire/count-trips.ts';
import { KINDS, type Path } from '../wire/kinds.ts';
import { toMs, type Table } from './report.ts';

const ORDER: Path[] = ['accept', 'dispatch', 'aside'];

/** Round trips a job, each with what it is for, and those that are made by the clock. */
export function toTripTables({ resting, idle, busy }: Watched): Table[] {
  const [one, many] = [countTrips(idle.trips, idle.jobs), countTrips(busy.trips, busy.jobs)];
  const rows = Object.entries(KINDS).map(([kind, { store, path, why }]) => {
    const [alone, together] = [one.get(kind), many.get(kind)];
    return {
      path,
      row: [kind, store, path, toCount(alone), toTime(alone), toCount(together), toTime(together), why],
    };
  });
  const sums = (['MongoDB', 'Redis'] as const).map((store) => {
    const sum = (counts: ReadonlyMap<string, TripCount>) =>
      Object.entries(KINDS)
        .filter(([, kind]) => kind.store === store)
        .reduce((total, [kind]) => total + (counts.get(kind)?.perJob ?? 0), 0);
    return [`all of ${store}`, store, '', sum(one).toFixed(2), '', sum(many).toFixed(2), '', ''];
  });
  return [
    {
      title: 'Round trips to the stores for a job, API and worker together',
      head: ['what', 'store', 'path', 'a job, one at a time', 'p50', 'a job, 64 at once', 'p50', 'why'],
      rows: [
        ...ORDER.flatMap((path) => rows.filter((row) => row.path === path).map(({ row }) => row)),
        ...sums,
      ],
    },
    {
      title: 'Round trips by the clock, a second',
      head: ['what', 'with nothing to do', '64 at once'],
      rows: toClockRows(resting, busy),
    },
    {
      title: 'Time of Redis’s one thread for a job, 64 at once',
      head: ['what', 'milliseconds'],
      rows: toThreadRows(busy.redisMs),
    },
  ];
}

/** Longest first; what is far too short to matter is in the sum only. */
function toThreadRows(spent: ReadonlyMap<string, number>): string[][] {
  const MIN_SPENT_MS = 0.001;
  const longest = [...spent].toSorted(([, a], [, b]) => b - a).filter(([, ms]) => ms >= MIN_SPENT_MS);
  const sum = [...spent.values()].reduce((total, ms) => total + ms, 0);
  return [...longest, ['all', sum] as const].map(([kind, ms]) => [kind, ms.toFixed(3)]);
}

function toClockRows(resting: Noted, busy: Noted): string[][] {
  const [still, loaded] = [resting, busy].map(({ trips, seconds }) => countTrips(trips, seconds));
  const kinds = new Set([...(still?.keys() ?? []), ...(loaded?.keys() ?? [])]);
  return [...kinds]
    .filter((kind) => !KINDS[kind])
    .map((kind) => [kind, toCount(still?.get(kind)), toCount(loaded?.get(kind))])
    .toSorted(([, a], [, b]) => Number(b) - Number(a));
}

const toCount = (count: TripCount | undefined) => (count?.perJob ?? 0).toFixed(2);
const toTime = (count: TripCount | undefined) => (count ? toMs(count.p50Ms) : '');
