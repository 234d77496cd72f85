import { JOBS, type JobName, type QueueName } from '@understudy/shared/jobs/catalog';
import type { Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import { readProviders } from '@understudy/shared/store/providers/read-provider';
import { readDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';
import { toSchedules, type Schedule } from './schedules.ts';

/** The queues whose schedules are all ours. */
const SCHEDULED_QUEUES = ['health-check', 'upkeep'] as const satisfies QueueName[];
type ScheduledQueue = (typeof SCHEDULED_QUEUES)[number];

/** A schedule that is this late or early, beyond its interval, is looked at: its next run may have been lost. */
const OVERDUE_MS = 10_000;

type Queue = Producer['queues'][ScheduledQueue];
type Stored = Awaited<ReturnType<Queue['getJobSchedulers']>>[number];

/** What the calls before found; the same at every call. */
export interface Memory {
  /** By a schedule's id, the next run that is too far off, and since when it stands there, by the monotonic clock. */
  farRuns: Map<string, { next: number; sinceMs: number }>;
  /** The providers that were checked within an interval, or are to be at once. */
  met: Set<string>;
}

export const createMemory = (): Memory => ({ farRuns: new Map(), met: new Set() });

interface ReconcileDeps {
  store: Store;
  producer: Producer;
  clock: Clock;
  memory: Memory;
}

/**
 * Brings BullMQ's schedules in line with the providers and the configuration: adds what is missing or different,
 * removes what is not wanted, and leaves the rest alone. Safe to run at any time, and from several processes.
 * @throws when a store is away.
 */
export async function reconcile({ store, producer, clock, memory }: ReconcileDeps): Promise<void> {
  const [providers, config] = await Promise.all([
    readProviders(store, { fields: { type: 1, enabled: 1 }, sort: { _id: 1 } }),
    readDispatchConfig(store),
  ]);
  const wanted = toSchedules(providers, config);
  for (const name of SCHEDULED_QUEUES) {
    const inQueue = wanted.filter((schedule) => JOBS[schedule.name].queue === name);
    await reconcileQueue({ producer, clock, memory }, name, inQueue);
  }
  await checkAtOnce({ store, producer, clock, memory }, wanted);
}

async function reconcileQueue(
  { producer, clock, memory: { farRuns } }: Omit<ReconcileDeps, 'store'>,
  name: ScheduledQueue,
  wanted: Schedule[],
) {
  const now = clock.now();
  const queue = producer.queues[name];
  const stored = new Map((await queue.getJobSchedulers(0, -1)).map((found) => [found.key, found]));
  for (const schedule of wanted) {
    const found = stored.get(schedule.id);
    const isKept = found !== undefined && isSame(found, schedule);
    if (found && isTooFar(found, schedule, now)) {
      if (isKept && !standsStill(farRuns, found, schedule, clock.monotonic())) continue;
      // Not merely asserted anew: BullMQ would keep the time of the run that still waits.
      await queue.removeJobScheduler(schedule.id);
    } else if (isKept && !(await isLost(queue, found, schedule, now))) {
      farRuns.delete(schedule.id);
      continue;
    }
    farRuns.delete(schedule.id);
    await producer.schedule(schedule.id, schedule, schedule.name, schedule.payload);
  }
  const ids = new Set(wanted.map(({ id }) => id));
  for (const id of stored.keys()) {
    if (!ids.has(id)) await queue.removeJobScheduler(id);
  }
}

function isSame(stored: Stored, { name, everyMs, offsetMs, payload }: Schedule): boolean {
  return (
    stored.name === name &&
    stored.every === everyMs &&
    stored.offset === offsetMs &&
    JSON.stringify(stored.template?.data ?? {}) === JSON.stringify(payload)
  );
}

/** Whether the next run of a schedule is gone: each run brings the next, so one that is lost ends them all. */
async function isLost(queue: Queue, { key, next }: Stored, { everyMs }: Schedule, now: number) {
  if (next !== undefined && next + everyMs + OVERDUE_MS > now) return false;
  return (await queue.getJob(`repeat:${key}:${next}`)) === undefined;
}

/**
 * Whether the next run was set by a clock that was ahead. One interval more than there should be is let pass: where two
 * clocks merely differ, no check that costs something is made twice.
 */
function isTooFar({ next }: Stored, { everyMs }: Schedule, now: number): boolean {
  return next !== undefined && next > now + 2 * everyMs + OVERDUE_MS;
}

/**
 * Whether nobody has made a run for longer than an interval. A worker whose clock is ahead goes on making them in their
 * time; to begin anew each time would have it make one at every look, and a check may cost something.
 */
function standsStill(
  farRuns: Memory['farRuns'],
  { key, next = 0 }: Stored,
  { everyMs }: Schedule,
  nowMs: number,
): boolean {
  const seen = farRuns.get(key);
  if (seen?.next === next) return nowMs - seen.sinceMs > everyMs + OVERDUE_MS;
  farRuns.set(key, { next, sinceMs: nowMs });
  return false;
}

/**
 * Has every provider checked at once that was not within an interval: an operator who just added it, or switched it on
 * again, is watching.
 */
async function checkAtOnce({ store, producer, clock, memory: { met } }: ReconcileDeps, wanted: Schedule[]) {
  const checks = wanted.filter(isHealthCheck).filter(({ payload }) => !payload.deep);
  const present = new Set(checks.map(({ payload }) => payload.providerId));
  for (const id of met) if (!present.has(id)) met.delete(id);
  const unmet = checks.filter(({ payload }) => !met.has(payload.providerId));
  if (unmet.length === 0) return;
  const ids = unmet.map(({ payload }) => payload.providerId);
  const latest = await store.providerHealth.find({ _id: { $in: ids } }, { checkedAt: 1 }).lean();
  const checkedAt = new Map(latest.map((health) => [health._id, health.checkedAt.getTime()]));
  for (const { name, payload, everyMs } of unmet) {
    const isRecent = (checkedAt.get(payload.providerId) ?? 0) > clock.now() - everyMs;
    if (!isRecent) await producer.add(name, payload);
    met.add(payload.providerId);
  }
}

function isHealthCheck(schedule: Schedule<JobName>): schedule is Schedule<'health.check'> {
  return schedule.name === 'health.check';
}
