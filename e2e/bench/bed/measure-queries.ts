import { setTimeout as delay } from 'node:timers/promises';
import { profileQueries, type ProfiledQuery } from '../../../shared/src/testing/profile-queries.ts';
import { createCaller } from '../measure/caller.ts';
import { now } from '../measure/now.ts';
import type { Bed } from './bed.ts';
import { LABEL } from './workload.ts';

/** What somebody asks, and how long each answer took in milliseconds; `plans` is how MongoDB found it. */
export interface MeasuredQuery {
  path: string;
  ms: number[];
  plans: string[];
}

const JOBS = '/api/classifications';
const PATHS = [
  JOBS,
  `${JOBS}?state=failed`,
  `${JOBS}?state=succeeded&client=shop`,
  `${JOBS}?label=${LABEL}`,
  `${JOBS}?errorCode=deadline_exceeded`,
  `${JOBS}?metadata.ticket=4242`,
  `${JOBS}?provider=main`,
  '/api/stats/overview?window=1h',
  '/api/stats/overview?window=7d',
  '/api/stats/providers?window=7d',
  '/api/stats/labels?window=7d',
  '/api/usage',
  '/api/providers/bench/usage',
  '/api/failovers',
];

/** An overview is kept for a moment, and shall be read anew each time: that of an hour for a second. */
const KEPT_MS = 1_100;
const isKept = (path: string) => path.includes('overview?window=1h');
/** Asked for all the time by everybody. */
const NOT_OF_A_QUERY = new Set([
  'versions',
  'leases',
  'tokens',
  'system.profile',
  'key_holders',
  'lane_holds',
  'providers',
  'provider_health',
  'settings',
]);

/** Asks each of them `times` through the API. @throws where one is not answered well */
export async function measureQueries({ fleet }: Bed, times: number): Promise<MeasuredQuery[]> {
  const caller = createCaller(fleet.urls[0] ?? '', fleet.token);
  const ask = async (path: string) => {
    if (isKept(path)) await delay(KEPT_MS);
    const startedAt = now();
    const { status, body } = await caller.call('GET', path);
    const ms = now() - startedAt;
    if (status !== 200) throw new Error(`${path} came to ${status}: ${body}`);
    return ms;
  };
  const measured: MeasuredQuery[] = [];
  try {
    for (const path of PATHS) {
      const profiled = await profileQueries(fleet.store, () => ask(path));
      const ms: number[] = [];
      for (let time = 0; time < (isKept(path) ? Math.min(times, 10) : times); time += 1)
        ms.push(await ask(path));
      measured.push({ path, ms, plans: [...new Set(profiled.flatMap(toPlan))] });
    }
  } finally {
    caller.close();
  }
  return measured;
}

function toPlan({ collection, op, plan, keysExamined, docsExamined }: ProfiledQuery): string[] {
  if (NOT_OF_A_QUERY.has(collection) || op === 'update' || op === 'insert') return [];
  return [`${collection}: ${plan}, ${keysExamined} keys, ${docsExamined} documents`];
}
