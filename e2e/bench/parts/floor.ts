import { availableParallelism } from 'node:os';
import type { Bench, Part } from '../bench.ts';
import { layBed, type Bed } from '../bed/bed.ts';
import { runBareWorker } from '../bed/run-bare-worker.ts';
import { runWorkers, type Run, type RunOptions } from '../bed/run-worker.ts';
import { spreadOf, toSpread } from '../measure/quantile.ts';
import { takeTurns } from '../measure/take-turns.ts';
import { toBar, toMs, toPercent, toRange, toRatio, toWhole, type Table } from '../report/report.ts';

const LATENCY_MS = 200;
/** Answers of every place at the vendor in a turn: 20 s at the ideal, by a third of which everything is compiled. */
const TURNS_OF_A_PLACE = 100;
/** A vendor that takes so many calls at once, and a worker with twice as many places: none of the vendor's waits. */
const ENOUGH = { vendorPlaces: 64, concurrency: 128 };

interface Measured {
  options: RunOptions;
  product: Run[];
  bare: Run[];
}

export const floor: Part = {
  title: 'Against the floor',
  async run(bench) {
    const bed = await layBed();
    try {
      const jobs = bench.quick ? 200 : 10_000;
      const busy = await measure(bench, bed, { jobs, concurrency: 64, latencyMs: 0 });
      const waiting: Measured[] = [];
      const cases = bench.quick ? [ENOUGH] : [ENOUGH, { concurrency: 64 }, { concurrency: 128 }];
      for (const places of cases) waiting.push(await measure(bench, bed, toWaiting(bench, places)));
      return toReport(busy, waiting);
    } finally {
      await bed.close();
    }
  },
};

type Places = Pick<RunOptions, 'concurrency' | 'vendorPlaces'>;

function toWaiting({ quick }: Bench, places: Places): RunOptions {
  return { jobs: toAtOnce(places) * (quick ? 3 : TURNS_OF_A_PLACE), ...places, latencyMs: LATENCY_MS };
}

/** How many calls the vendor can have at once. */
const toAtOnce = ({ concurrency, vendorPlaces = concurrency }: Places) => vendorPlaces;

const describe = (places: Places) =>
  `${toAtOnce(places)} at once${places.vendorPlaces ? `, worker with ${places.concurrency} places` : ''}`;

async function measure(bench: Bench, bed: Bed, options: RunOptions): Promise<Measured> {
  bench.say(`${options.jobs} jobs, ${describe(options)}, ${options.latencyMs} ms at the vendor`);
  const sides = { product: () => runWorkers(bed, options), bare: () => runBareWorker(bed, options) };
  return { options, ...(await takeTurns(sides, bench.rounds)) };
}

/** Of each round: the product's rate in units of what it is held against. */
const toShares = ({ product }: Measured, of: (round: number) => number) =>
  toSpread(product.map(({ jobsPerSecond }, round) => jobsPerSecond / of(round)));

const toIdeal = (options: RunOptions) => toAtOnce(options) / (options.latencyMs / 1_000);

function toReport(busy: Measured, waiting: Measured[]) {
  const ofBare = toShares(busy, (round) => busy.bare[round]?.jobsPerSecond ?? Number.NaN);
  return {
    how: [
      'One worker process does jobs that wait in the ledger, as a batch leaves them; stores, scheduler and an idle API run beside it. The bare side is one process with a BullMQ worker on the same Redis, whose jobs lie in the queue; it makes the same request, byte for byte, through the same SDK, and keeps nothing. Both start anew in each turn. A rate is that of the answers of the vendor, which is a process of its own, the same for both; the first 30 % and the last 5 % of a run are left out. A round counts only if every job has ended well; calls that were made twice count once. Under the processes’ names is the processor time of each for one job, which says where time goes on a machine that has more processors.',
    ],
    bars: [
      toBar(
        'Jobs a second of a bare BullMQ worker, 64 at once, no latency',
        { atLeast: 0.7 },
        ofBare,
        toRatio,
      ),
      ...waiting.map((measured) =>
        toBar(
          `Of the ideal at ${LATENCY_MS} ms, ${describe(measured.options)}`,
          { atLeast: 0.95 },
          toShares(measured, () => toIdeal(measured.options)),
          toRatio,
        ),
      ),
    ],
    tables: [toTable([busy, ...waiting])],
    notes: [toProcessorNote(busy), toStoredNote(busy)],
  };
}

/** How far the machine itself bounds the first bar. */
function toProcessorNote(busy: Measured): string {
  const whole = (side: 'product' | 'bare') =>
    spreadOf(busy[side], ({ processorMs: { worker, mongod, redis } }) => worker + mongod + redis).median;
  const processors = availableParallelism();
  const most = toWhole((processors * 1_000) / whole('product'));
  return `Without latency the processors are what bounds either side: worker, mongod and Redis together take ${toMs(whole('product'))} of them for a job, the bare side ${toMs(whole('bare'))}, since it keeps nothing. So ${processors} processors can do no more than ${most} jobs a second, whatever the worker does; with more of them the worker’s own time is the bound.`;
}

function toStoredNote({ product }: Measured): string {
  const of = (store: keyof Run['storedBytes']) =>
    `${(spreadOf(product, ({ storedBytes }) => storedBytes[store]).median / 1_000).toFixed(1)} kB`;
  return `For each job mongod had ${of('mongod')} written to disk, Redis ${of('redis')}.`;
}

function toTable(all: Measured[]): Table {
  const rows = all.flatMap((measured) => {
    const { concurrency, latencyMs } = measured.options;
    const atOnce = String(toAtOnce(measured.options));
    return (['product', 'bare'] as const).map((side) => {
      const rate = spreadOf(measured[side], (run) => run.jobsPerSecond);
      const processor = (of: keyof Run['processorMs']) =>
        toMs(spreadOf(measured[side], (run) => run.processorMs[of]).median);
      return [
        side === 'product' ? 'Understudy' : 'bare BullMQ',
        `${latencyMs} ms`,
        atOnce,
        side === 'product' ? String(concurrency) : atOnce,
        toWhole(rate.median),
        toRange(rate, toWhole),
        latencyMs === 0 ? '' : toWhole(toIdeal(measured.options)),
        processor('worker'),
        processor('mongod'),
        processor('redis'),
        toPercent(spreadOf(measured[side], (run) => run.machineShare).median),
      ];
    });
  });
  const head = [
    'side',
    'latency',
    'calls at once',
    'places of the worker',
    'jobs/s',
    'spread',
    'ideal',
    'worker',
    'mongod',
    'Redis',
    'all processors',
  ];
  return { head, rows };
}
