import type { Store } from '../../../shared/src/store/connect.ts';
import type { Bench, Part } from '../bench.ts';
import { addBacklog } from '../bed/backlog.ts';
import { layBed, type Bed } from '../bed/bed.ts';
import { openTarget } from '../bed/target.ts';
import { addFinishedJobs } from '../bed/finished-jobs.ts';
import { measureQueries, type MeasuredQuery } from '../bed/measure-queries.ts';
import { readSizes } from '../bed/read-sizes.ts';
import { runWorkers } from '../bed/run-worker.ts';
import { submitInTurn } from '../bed/submit.ts';
import { createCaller } from '../measure/caller.ts';
import { quantile } from '../measure/quantile.ts';
import { takeTurns } from '../measure/take-turns.ts';
import { toGrowthReport, type Figures, type Level } from '../report/growth-report.ts';

const FEW = 10;
const CACHE_GB = 2;

export const growth: Part = {
  title: 'Growth',
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const many = await layBed();
    stack.defer(() => many.close());
    await giveMemory(many.fleet.store);
    const few = bench.quick ? null : await layBed();
    if (few) {
      stack.defer(() => few.close());
      await giveMemory(few.fleet.store);
      await addFinishedJobs(few.fleet.store, FEW);
    }

    const levels: Level[] = [];
    let stored = 0;
    for (const finished of bench.quick ? [1_000] : [100_000, 1_000_000]) {
      bench.say(`storing ${finished} finished jobs`);
      await addFinishedJobs(many.fleet.store, finished - stored);
      stored = finished;
      if (few) levels.push(await measureLevel(bench, { few, many }, { finished, waiting: 0 }));
    }
    bench.say('asking');
    const queries = await ask(bench, many);
    const sizes = await readSizes(many.fleet.store);
    const waiting = bench.quick ? 500 : 100_000;
    bench.say(`putting ${waiting} jobs in line`);
    await addBacklog(many, waiting);
    levels.push(await measureLevel(bench, { few, many }, { finished: stored, waiting }));
    return toGrowthReport(levels, queries, sizes);
  },
};

/** What `npm start` gives MongoDB is for a trial; the indexes of a million jobs need more, as docs/operations/sizing.md says. */
async function giveMemory({ connection }: Store): Promise<void> {
  const parameter = { setParameter: 1, wiredTigerEngineRuntimeConfig: `cache_size=${CACHE_GB}G` };
  await connection.db?.admin().command(parameter);
}

/** Without `few` there is nothing to compare: whether it can be measured is all that is asked. */
async function measureLevel(
  bench: Bench,
  { few, many }: { few: Bed | null; many: Bed },
  { finished, waiting }: Pick<Level, 'finished' | 'waiting'>,
): Promise<Level> {
  if (!few) {
    bench.say(`${finished} finished, ${waiting} waiting`);
    const figures = [await measureFigures(bench, many)];
    return { finished, waiting, few: figures, many: figures };
  }
  bench.say(`${finished} finished, ${waiting} waiting, beside ${FEW}`);
  const turns = await takeTurns(
    { few: () => measureFigures(bench, few), many: () => measureFigures(bench, many) },
    bench.rounds,
  );
  return { finished, waiting, ...turns };
}

/** The figures of the other parts, each in short. */
async function measureFigures({ quick }: Bench, bed: Bed): Promise<Figures> {
  const { fleet, vendor } = bed;
  const run = await runWorkers(bed, { jobs: quick ? 200 : 3_000, concurrency: 64, latencyMs: 0 });
  await using stack = new AsyncDisposableStack();
  await vendor.begin(0);
  const { app } = await fleet.create('worker');
  await app.start();
  stack.defer(async () => void (await app.stop()));
  const caller = createCaller(fleet.urls[0] ?? '', fleet.token);
  stack.defer(() => caller.close());
  const answered = await submitInTurn(caller, quick ? 10 : 200);
  const target = openTarget(bed);
  stack.defer(() => target.close());
  const { ms } = await target.submitAtRate(200, quick ? 0.5 : 8);
  await target.clear();
  return {
    jobsPerSecond: run.jobsPerSecond,
    answerP50Ms: quantile(
      answered.slice(answered.length / 4).map(({ sentAt, answeredAt }) => answeredAt - sentAt),
      0.5,
    ),
    submitP50Ms: quantile(ms, 0.5),
    submitP99Ms: quantile(ms, 0.99),
  };
}

async function ask({ quick }: Bench, bed: Bed): Promise<MeasuredQuery[]> {
  return measureQueries(bed, quick ? 2 : 50);
}
