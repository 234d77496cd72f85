import { setTimeout as delay } from 'node:timers/promises';
import { createCaller } from '../measure/caller.ts';
import { now } from '../measure/now.ts';
import { readDispatchTime, type DispatchTime } from '../wire/dispatch-time.ts';
import { measureHop } from '../wire/measure-hop.ts';
import { beginRedisTime, endRedisTime } from '../wire/redis-time.ts';
import { createRedisProtocol } from '../wire/redis-protocol.ts';
import type { RoundTrip } from '../wire/round-trip.ts';
import { watchStores, type WatchedStores } from '../wire/watch-stores.ts';
import { connectRedis } from '../../../shared/src/runtime/redis.ts';
import { createLogger } from '../../../shared/src/runtime/logger.ts';
import type { Bed } from './bed.ts';
import { addWaitingJobs, untilAllEnded } from './ledger.ts';
import { submitInTurn } from './submit.ts';
import { warmUp } from './warm-up.ts';

/** Round trips while something was done, and for how long they were noted. */
export interface Noted {
  trips: RoundTrip[];
  seconds: number;
  jobs: number;
}

export interface Watched {
  /** With nothing to do. */
  resting: Noted;
  /** One job at a time. */
  idle: Noted & { dispatches: DispatchTime[] };
  /** What every round trip takes beyond what is seen of it, in milliseconds. */
  hopMs: number;
  /** With all places taken; milliseconds of Redis's one thread, by kind, for each job. */
  busy: Noted & { redisMs: ReadonlyMap<string, number> };
}

const SILENT = createLogger({ role: 'bench', level: 'silent' });

interface WatchOptions {
  restingMs: number;
  /** How long trips are noted after the work, since what is done aside is done a moment later. */
  asideMs: number;
  idleJobs: number;
  busyJobs: number;
  concurrency: number;
}

/** Starts an API and a worker of their own on ways to the stores where every round trip is noted. */
export async function watchDispatch(bed: Bed, options: WatchOptions): Promise<Watched> {
  const { fleet, vendor } = bed;
  await using stack = new AsyncDisposableStack();
  const redis = connectRedis({ url: fleet.redis.uri, mode: 'blocking', logger: SILENT });
  stack.defer(() => redis.disconnect());
  // So that every process sends its scripts whole once, and they can be told apart by their digests from then on.
  await redis.script('FLUSH');
  const redisProtocol = createRedisProtocol();
  const [atApi, atWork] = await Promise.all([
    watchStores(fleet, redisProtocol),
    watchStores(fleet, redisProtocol),
  ]);
  const ways = [atApi, atWork];
  stack.defer(async () => void (await Promise.all(ways.map((way) => way.close()))));
  const api = await fleet.create('api', atApi.env);
  const worker = await fleet.create('worker', {
    ...atWork.env,
    WORKER_CONCURRENCY: String(options.concurrency),
  });
  for (const { app } of [api, worker]) {
    await app.start();
    stack.defer(async () => void (await app.stop()));
  }
  const caller = createCaller(api.url, fleet.token);
  stack.defer(() => caller.close());
  await vendor.begin(0);
  await warmUp(bed, caller, options.busyJobs);

  const hopMs = await measureHop(atWork, options.idleJobs);

  const note = createNote(ways, options.asideMs);
  const resting = await note(0, () => delay(options.restingMs));
  let spans: Awaited<ReturnType<typeof submitInTurn>> = [];
  const idle = await note(options.idleJobs, async () => {
    spans = await submitInTurn(caller, options.idleJobs);
  });
  const dispatches = spans.flatMap(({ sentAt }, index) => {
    const until = spans[index + 1]?.sentAt ?? Infinity;
    const own = idle.trips.filter(({ askedAt }) => askedAt >= sentAt && askedAt < until);
    return readDispatchTime(own) ?? [];
  });
  await beginRedisTime(redis);
  const busy = await note(options.busyJobs, async () => {
    await addWaitingJobs(fleet.store, options.busyJobs);
    await untilAllEnded(fleet.store);
  });
  const spent = await endRedisTime(redis, redisProtocol.toKind);
  const redisMs = new Map([...spent].map(([kind, ms]) => [kind, ms / options.busyJobs]));
  return { resting, idle: { ...idle, dispatches }, hopMs, busy: { ...busy, redisMs } };
}

function createNote(ways: readonly WatchedStores[], asideMs: number) {
  return async (jobs: number, work: () => Promise<unknown>): Promise<Noted> => {
    for (const way of ways) way.take();
    const startedAt = now();
    await work();
    await delay(asideMs);
    const trips = ways.flatMap((way) => way.take()).toSorted((a, b) => a.askedAt - b.askedAt);
    return { trips, jobs, seconds: (now() - startedAt) / 1_000 };
  };
}
