import type { Redis } from 'ioredis';
import { readFleetWorkers } from '../../fleet/workers.ts';
import { REDIS_PREFIX, SCHEDULER_CONNECTION } from '../../runtime/redis.ts';
import { ofRedis } from './check.ts';
import { fail, ok, type Finding } from './finding.ts';

const CHECK = 'processes';

/** Whether a worker and a scheduler run, on whichever machine. */
export const checkProcesses = ofRedis(CHECK, async (redis) => [
  await judgeWorkers(redis),
  ...(await judgeScheduler(redis)),
]);

async function judgeWorkers(redis: Redis): Promise<Finding> {
  const workers = await readFleetWorkers(redis, REDIS_PREFIX);
  if (workers.length === 0)
    return fail(
      CHECK,
      'No worker runs: jobs are accepted, and none is worked on.',
      'Start one (`node worker/src/main.ts`, or `npm start`); its log says why it ended.',
    );
  const places = workers.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const count = workers.length === 1 ? '1 worker' : `${workers.length} workers`;
  return ok(CHECK, `${count} for ${places} jobs at a time.`);
}

async function judgeScheduler(redis: Redis): Promise<Finding[]> {
  let clients: string;
  try {
    clients = String(await redis.client('LIST'));
  } catch {
    return []; // Some who host Redis let nobody see its connections.
  }
  // One of another installation may be on the same server, in another database.
  const database = redis.options.db ?? 0;
  const isOurs = (line: string) =>
    line.includes(` name=${SCHEDULER_CONNECTION} `) && line.includes(` db=${database} `);
  if (clients.split('\n').some(isOurs)) return [ok(CHECK, 'A scheduler.')];
  return [
    fail(
      CHECK,
      'No scheduler runs: providers that are added are never checked, and a Redis that loses its data loses the upkeep for good.',
      'Start one (`node scheduler/src/main.ts`, or `npm start`); its log says why it ended.',
    ),
  ];
}
