import type { CallsQuestion } from '../bare/bare-caller-process.ts';
import { createRequest } from '../bare/request.ts';
import { createCaller } from '../measure/caller.ts';
import { quantile } from '../measure/quantile.ts';
import { takeTurns } from '../measure/take-turns.ts';
import type { Bed } from './bed.ts';
import { startChild } from './child.ts';
import { submitInTurn } from './submit.ts';
import { API_KEY, toText } from './workload.ts';
import { warmUp } from './warm-up.ts';

/** One turn of one side, in milliseconds. */
export interface IdleRound {
  p50Ms: number;
  p99Ms: number;
}

const toRound = (ms: readonly number[]): IdleRound => ({
  p50Ms: quantile(ms, 0.5),
  p99Ms: quantile(ms, 0.99),
});

/** From a submit to its answer, one job at a time, beside the bare call; both have done many before. */
export async function measureIdle(
  bed: Bed,
  { count, rounds, warmUpJobs }: { count: number; rounds: number; warmUpJobs: number },
): Promise<Record<'product' | 'bare', IdleRound[]>> {
  const { fleet, vendor } = bed;
  await vendor.begin(0);
  const caller = createCaller(fleet.urls[0] ?? '', fleet.token);
  const child = await startChild<CallsQuestion, number[]>(
    new URL('../bare/bare-caller-process.ts', import.meta.url),
    { BENCH_VENDOR_URL: vendor.url, BENCH_API_KEY: API_KEY },
  );
  const sides = {
    async product() {
      const answered = await submitInTurn(caller, count);
      return toRound(answered.map(({ sentAt, answeredAt }) => answeredAt - sentAt));
    },
    bare: async () => toRound(await child.ask({ request: createRequest(toText(0)), count })),
  };
  try {
    await warmUp(bed, caller, warmUpJobs);
    await child.ask({ request: createRequest(toText(0)), count: warmUpJobs });
    return await takeTurns(sides, rounds);
  } finally {
    caller.close();
    await child.stop();
  }
}
