import type { Bench, Part } from '../bench.ts';
import { layBed, type Bed } from '../bed/bed.ts';
import { openBareTarget, openTarget, type Target } from '../bed/target.ts';
import { toPerJob } from '../bed/run-worker.ts';
import { findHighestRate } from '../measure/find-highest-rate.ts';
import { now } from '../measure/now.ts';
import { watchProcessors } from '../measure/processors.ts';
import { quantile, toSpread } from '../measure/quantile.ts';
import type { Sent } from '../measure/send-at-rate.ts';
import { takeTurns } from '../measure/take-turns.ts';
import { toBar, toMs, toRange, toSeconds, toWhole, type PartReport } from '../report/report.ts';

const PER_SECOND = 200;
const MINUTE_S = 60;
const THIRDS = 3;
const RATES = [300, 400, 500, 600, 700, 800, 1_000, 1_200, 1_400, 1_600, 2_000, 2_500, 3_000];
const HELD_BELOW_MS = 200;
/** Where only whether everything works is asked, on a machine that may have other things to do. */
const QUICK_BELOW_MS = 10_000;

interface Sides<T> {
  product: T;
  bare: T;
}

interface Measured {
  minute: Sent;
  /** Milliseconds of processor time for each submit of the minute, with its job. */
  processorMs: Record<'api' | 'mongod' | 'redis' | 'worker', number>;
  bareMinute: Sent[];
  highest: Sides<number[]>;
  batch: Sides<number[]>;
}

export const submit: Part = {
  title: 'Submit',
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const bed = await layBed({ workers: 1 });
    stack.defer(() => bed.close());
    await bed.vendor.begin(0);
    const product = openTarget(bed);
    stack.defer(() => product.close());
    const bare = await openBareTarget(bed);
    stack.defer(() => bare.close());
    return toReport(await measure(bench, bed, { product, bare }));
  },
};

async function measure(bench: Bench, { fleet }: Bed, targets: Sides<Target>): Promise<Measured> {
  const { product, bare } = targets;
  const seconds = bench.quick ? 1 : MINUTE_S;
  await product.submitAtRate(PER_SECOND, seconds / 6);
  await product.clear();
  bench.say(`${PER_SECOND} submits a second for ${seconds} s`);
  const bareMinute = [await bare.submitAtRate(PER_SECOND, seconds / THIRDS)];
  const processors = watchProcessors({
    api: fleet.apis.map((app) => app.pid()),
    worker: fleet.workers.map((app) => app.pid()),
    mongod: [fleet.mongod.pid()],
    redis: [fleet.redis.pid()],
  });
  const startedAt = now();
  const minute = await product.submitAtRate(PER_SECOND, seconds);
  const processorMs = toPerJob(processors.end(startedAt, now()).processors, PER_SECOND);
  await product.clear();
  bareMinute.push(await bare.submitAtRate(PER_SECOND, seconds / THIRDS));

  bench.say('the highest rate');
  const highest = await inTurns(targets, bench, (target) => findHighest(target, bench));
  bench.say('batches');
  const batch = await inTurns(targets, bench, async (target) => {
    const ms = await target.sendBatch(bench.quick ? 200 : 10_000);
    await target.clear();
    return ms;
  });
  return { minute, processorMs, bareMinute, highest, batch };
}

function inTurns(targets: Sides<Target>, { rounds }: Bench, work: (target: Target) => Promise<number>) {
  return takeTurns({ product: () => work(targets.product), bare: () => work(targets.bare) }, rounds);
}

async function findHighest(target: Target, { quick }: Bench): Promise<number> {
  const send = async (perSecond: number) => {
    const sent = await target.submitAtRate(perSecond, quick ? 0.5 : 5);
    await target.clear();
    return sent;
  };
  const held = quick
    ? await findHighestRate([50, 100], send, QUICK_BELOW_MS)
    : await findHighestRate(RATES, send, HELD_BELOW_MS);
  return held?.perSecond ?? 0;
}

function toReport({ minute, processorMs, bareMinute, highest, batch }: Measured): PartReport {
  const p99 = ({ ms }: Pick<Sent, 'ms'>) => quantile(ms, 0.99);
  const third = Math.ceil(minute.ms.length / THIRDS);
  const thirds = Array.from({ length: THIRDS }, (_, index) =>
    minute.ms.slice(index * third, (index + 1) * third),
  );
  const minuteP99 = { ...toSpread(thirds.map((ms) => p99({ ms }))), median: p99(minute) };
  const [rate, bareRate] = [toSpread(highest.product), toSpread(highest.bare)];
  const [batchMs, bareBatchMs] = [toSpread(batch.product), toSpread(batch.bare)];
  const toRow = (name: string, { ms }: Pick<Sent, 'ms'>) => [
    name,
    ...[0.5, 0.95, 0.99, 1].map((q) => toMs(quantile(ms, q))),
  ];
  return {
    how: [
      `Submits at a constant rate, each timed from when it was due; one worker process does the jobs meanwhile, at a vendor without latency. The bare side is an Express API on the same stores, which checks nothing, stores the body with a majority write, adds an entry to BullMQ and answers; nobody does its jobs. The minute's spread is that of its three thirds. The highest rate is the last of ${RATES.join(', ')} a second that was held for 5 s with a p99 below ${HELD_BELOW_MS} ms and no failure.`,
    ],
    bars: [
      toBar(`p99 at ${PER_SECOND} a second for a minute`, { below: 50 }, minuteP99, toMs),
      toBar(`Highest rate with p99 < ${HELD_BELOW_MS} ms`, { atLeast: PER_SECOND }, rate, toWhole),
      toBar('A batch of 10,000', { below: 3_000 }, batchMs, toSeconds),
    ],
    tables: [
      {
        title: `${PER_SECOND} submits a second`,
        head: ['side', 'p50', 'p95', 'p99', 'most'],
        rows: [
          toRow('Understudy, a minute', minute),
          toRow('bare API, 20 s before', { ms: bareMinute[0]?.ms ?? [] }),
          toRow('bare API, 20 s after', { ms: bareMinute[1]?.ms ?? [] }),
        ],
      },
      {
        title: 'Processor time of a submit with its job, in that minute',
        head: ['API', 'worker', 'mongod', 'Redis'],
        rows: [(['api', 'worker', 'mongod', 'redis'] as const).map((of) => toMs(processorMs[of]))],
      },
      {
        title: 'Highest rate and batch',
        head: ['side', 'highest rate', 'spread', 'batch of 10,000', 'spread'],
        rows: [
          [
            'Understudy',
            toWhole(rate.median),
            toRange(rate, toWhole),
            toSeconds(batchMs.median),
            toRange(batchMs, toSeconds),
          ],
          [
            'bare API',
            toWhole(bareRate.median),
            toRange(bareRate, toWhole),
            toSeconds(bareBatchMs.median),
            toRange(bareBatchMs, toSeconds),
          ],
        ],
      },
    ],
  };
}
