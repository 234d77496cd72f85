import { availableParallelism } from 'node:os';
import type { Part } from '../bench.ts';
import { layBed } from '../bed/bed.ts';
import { runWorkers, type Run } from '../bed/run-worker.ts';
import { spreadOf, toSpread } from '../measure/quantile.ts';
import { takeTurns } from '../measure/take-turns.ts';
import { toBar, toMs, toPercent, toRange, toRatio, toWhole, type PartReport } from '../report/report.ts';

const LATENCY_MS = 200;
/** Places of each process, as it has them by default. */
const CONCURRENCY = 32;
/** Answers of every place in a turn. */
const TURNS_OF_A_PLACE = 60;
const LINEAR = 0.9;
/** From here on the processors count as full: what is missing to a hundred is the kernel's own. */
const FULL = 0.95;

type Turns = Record<'one' | 'two' | 'four', Run[]>;
const PROCESSES = { one: 1, two: 2, four: 4 } as const;

export const scale: Part = {
  title: 'Scale out',
  async run({ quick, rounds, say }) {
    const bed = await layBed();
    try {
      say(
        `${quick ? '1 and 2' : '1, 2 and 4'} worker processes with ${CONCURRENCY} places each, ${LATENCY_MS} ms at the vendor`,
      );
      const turn = (processes: number) => {
        const jobs = processes * CONCURRENCY * (quick ? 3 : TURNS_OF_A_PLACE);
        return runWorkers(bed, { jobs, concurrency: CONCURRENCY, latencyMs: LATENCY_MS, workers: processes });
      };
      const few = { one: () => turn(PROCESSES.one), two: () => turn(PROCESSES.two) };
      if (quick) {
        const turns = await takeTurns(few, rounds);
        return toReport({ ...turns, four: turns.two });
      }
      return toReport(await takeTurns({ ...few, four: () => turn(PROCESSES.four) }, rounds));
    } finally {
      await bed.close();
    }
  },
};

function toReport(turns: Turns): PartReport {
  const shares = (side: 'two' | 'four') =>
    toSpread(
      turns[side].map(({ jobsPerSecond }, round) => {
        const alone = turns.one[round]?.jobsPerSecond ?? Number.NaN;
        return jobsPerSecond / alone / PROCESSES[side];
      }),
    );
  const bars = (['two', 'four'] as const).map((side) => {
    const isFull = spreadOf(turns[side], ({ machineShare }) => machineShare).median >= FULL;
    const name = `${PROCESSES[side]} processes, of as many times one`;
    return toBar(
      isFull ? `${name} (the processors are full)` : name,
      { atLeast: LINEAR },
      shares(side),
      toRatio,
    );
  });
  return {
    how: [
      `Worker processes on one machine of ${availableParallelism()} processors, which the stores and the vendor share with them. The jobs wait in the ledger; every process has ${CONCURRENCY} places, and the vendor takes ${LATENCY_MS} ms, so that one process alone could do ${CONCURRENCY / (LATENCY_MS / 1_000)} jobs a second. The bar is for processors that are not full: over ${toPercent(FULL)} of them in use its row says so; [docs/scaling.md](scaling.md) carries on from there on paper.`,
    ],
    bars,
    tables: [
      {
        head: [
          'processes',
          'jobs/s',
          'spread',
          'ideal',
          'all processors',
          'processor time a job, workers only',
        ],
        rows: (Object.keys(PROCESSES) as (keyof typeof PROCESSES)[]).map((side) => {
          const rate = spreadOf(turns[side], ({ jobsPerSecond }) => jobsPerSecond);
          const processor = spreadOf(turns[side], ({ processorMs }) => processorMs.worker);
          return [
            String(PROCESSES[side]),
            toWhole(rate.median),
            toRange(rate, toWhole),
            toWhole((PROCESSES[side] * CONCURRENCY) / (LATENCY_MS / 1_000)),
            toPercent(spreadOf(turns[side], ({ machineShare }) => machineShare).median),
            toMs(processor.median),
          ];
        }),
      },
    ],
  };
}
