import type { Bench, Part } from '../bench.ts';
import { layBed } from '../bed/bed.ts';
import { measureIdle, type IdleRound } from '../bed/measure-idle.ts';
import { watchDispatch, type Watched } from '../bed/watch-dispatch.ts';
import type { DispatchTime } from '../wire/dispatch-time.ts';
import { quantile, spreadOf, toSpread } from '../measure/quantile.ts';
import { toBar, toMs, toRange, type PartReport } from '../report/report.ts';
import { toTripTables } from '../report/trip-tables.ts';

type Idle = Record<'product' | 'bare', IdleRound[]>;

export const overhead: Part = {
  title: 'Overhead of a call',
  async run(bench) {
    const bed = await layBed({ workers: 1 });
    try {
      bench.say('one job at a time, beside the bare call');
      const idle = await measureIdle(bed, toIdleOptions(bench));
      await Promise.all([...bed.fleet.apis, ...bed.fleet.workers].map((app) => app.stop()));
      bench.say('the same with every round trip noted');
      const watched = await watchDispatch(bed, toWatchOptions(bench));
      return toReport(idle, watched);
    } finally {
      await bed.close();
    }
  },
};

function toIdleOptions({ quick, rounds }: Bench) {
  return { count: quick ? 20 : 300, rounds, warmUpJobs: quick ? 50 : 4_000 };
}

function toWatchOptions({ quick }: Bench) {
  return {
    restingMs: quick ? 500 : 10_000,
    asideMs: quick ? 0 : 1_000,
    idleJobs: quick ? 30 : 500,
    busyJobs: quick ? 100 : 6_000,
    concurrency: 64,
  };
}

function toReport(idle: Idle, watched: Watched): PartReport {
  const bareMs = spreadOf(idle.bare, ({ p50Ms }) => p50Ms);
  const added = (q: keyof IdleRound) =>
    toSpread(idle.product.map((round, index) => round[q] - (idle.bare[index]?.[q] ?? Number.NaN)));
  const toStores = ({ storesMs, trips }: DispatchTime) => storesMs + trips * watched.hopMs;
  const own = watched.idle.dispatches.map((time) => time.wholeMs - toStores(time) - bareMs.median);
  const whole = watched.idle.dispatches.map(({ wholeMs }) => wholeMs - bareMs.median);
  const stores = watched.idle.dispatches.map(toStores);
  const toOwn = (values: number[]) => ({
    median: quantile(values, 0.5),
    least: quantile(values, 0.05),
    most: quantile(values, 0.95),
  });
  const answer = added('p50Ms');
  return {
    how: [
      'One job at a time on an idle system, API and worker each a process, over HTTP with `Prefer: wait`; beside it the same request by the bare SDK in a process of its own, in turns. Then once more with every round trip to the stores noted on its way (a proxy before each store; what the way to it and back takes, measured by a process that only pings, counts as the store; commands that leave in one write count one each): from the moment in which BullMQ has handed the entry out until the ledger has the end of the job. What of that is neither a round trip nor the bare call is what dispatch adds of its own; its spread is the 5th to the 95th hundredth of the jobs.',
    ],
    bars: [
      toBar('Dispatch beyond its round trips, p50', { below: 1.5 }, toOwn(own), toMs),
      toBar('Submit to answer beyond the bare call, p50', { below: 12 }, answer, toMs),
    ],
    tables: [
      {
        head: ['what', 'p50', 'p99', 'p50 between'],
        rows: [
          ['bare call by the SDK', toMs(bareMs.median), toP99(idle.bare), toRange(bareMs, toMs)],
          toIdleRow('submit to answer', idle.product),
          [
            'added, queue wait included',
            toMs(answer.median),
            toMs(added('p99Ms').median),
            toRange(answer, toMs),
          ],
          toOwnRow('added, queue wait excluded, stores watched', whole),
          toOwnRow('of it round trips to the stores', stores),
          toOwnRow('of it dispatch itself', own),
        ],
      },
      ...toTripTables(watched),
    ],
  };
}

const toP99 = (rounds: IdleRound[]) => toMs(spreadOf(rounds, ({ p99Ms }) => p99Ms).median);

function toIdleRow(name: string, rounds: IdleRound[]): string[] {
  const p50 = spreadOf(rounds, ({ p50Ms }) => p50Ms);
  return [name, toMs(p50.median), toP99(rounds), toRange(p50, toMs)];
}

function toOwnRow(name: string, values: number[]): string[] {
  return [name, toMs(quantile(values, 0.5)), toMs(quantile(values, 0.99)), ''];
}
