import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { returnDueJobs, returnLostJobs, wakeDeferredJobs } from '@understudy/shared/store/jobs/return-jobs';
import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import type { ProviderPool } from '../providers/provider-pool.ts';
import { toWake, type ToWake } from './whom-to-wake.ts';

export interface BringBackDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'paused' | 'failoverEnabled'> };
  pool: Pick<ProviderPool, 'list'>;
  clock: Clock;
  logger: Logger;
}

/** How often what no Redis of this epoch was given is looked for while the epoch is the same. */
const LOST_EVERY_MS = 1_000;
/** In one round; the rounds after it take up the others. */
const BATCH_SIZE = 1_000;
/** A worker hears within a second of what was set, or is free again; what it put off before is woken by another look. */
const ECHOES_MS = [1_000, 3_000];

/** Puts jobs back in line for the feeder: what was lost, what is due, and what need not wait until then. */
export function createBringBack({ store, settings, pool, clock, logger }: BringBackDeps) {
  let seen: ReadonlyMap<string, ProviderRoom> = new Map();
  /** What operators had set at the last round; null before the first. */
  let setBefore: string | null = null;
  let lost = { epoch: '', lookedAt: -Infinity };
  /** Whom a round found to be awake again and could not wake all. */
  let unfinished: ToWake = NOBODY;
  /** Whom to wake once more, and when. */
  let echoes: { atMs: number; whom: ToWake }[] = [];

  async function bringBackLost(epoch: string) {
    const now = clock.monotonic();
    if (lost.epoch === epoch && now - lost.lookedAt < LOST_EVERY_MS) return;
    const returned = await returnLostJobs(store, epoch, BATCH_SIZE);
    if (returned < BATCH_SIZE) lost = { epoch, lookedAt: now };
    if (returned > 0) logger.info({ jobs: returned }, 'brought back jobs that no Redis of this epoch had');
  }

  async function wake(whom: ToWake): Promise<number> {
    switch (whom.who) {
      case 'all':
        return wakeDeferredJobs(store, null, BATCH_SIZE);
      case 'waiting_for':
        return wakeDeferredJobs(store, whom.providerIds, BATCH_SIZE);
      case 'nobody':
        return 0;
    }
  }

  return async (epoch: string, rooms: readonly ProviderRoom[]): Promise<void> => {
    const setNow = toWhatIsSet(settings.current(), pool);
    const isSetAnew = setBefore !== null && setBefore !== setNow;
    const found = isSetAnew ? WAKE_ALL : toWake(seen, rooms, clock.now());
    const now = clock.monotonic();
    const echoed = echoes.filter(({ atMs }) => atMs <= now).map(({ whom }) => whom);
    const whom = [found, ...echoed].reduce(join, unfinished);
    await Promise.all([bringBackLost(epoch), returnDueJobs(store, new Date(clock.now()), BATCH_SIZE)]);
    unfinished = (await wake(whom)) < BATCH_SIZE ? NOBODY : whom;
    // Not before: a round that failed looks again.
    echoes = echoes.filter(({ atMs }) => atMs > now);
    // None where a circuit lets go: nobody sleeps for longer than circuits are open.
    if (isSetAnew || found.who === 'waiting_for')
      echoes.push(...ECHOES_MS.map((ms) => ({ atMs: now + ms, whom: found })));
    seen = new Map(rooms.map((room) => [room.providerId, room]));
    setBefore = setNow;
  };
}

function toWhatIsSet(
  { paused, failoverEnabled }: ReturnType<BringBackDeps['settings']['current']>,
  pool: BringBackDeps['pool'],
): string {
  const providers = pool.list().map(({ provider: { _id, revision } }) => `${_id} ${revision}`);
  return [paused, failoverEnabled, ...providers].join();
}

const NOBODY: ToWake = { who: 'nobody' };
const WAKE_ALL: ToWake = { who: 'all' };

function join(a: ToWake, b: ToWake): ToWake {
  if (a.who === 'all' || b.who === 'all') return WAKE_ALL;
  if (a.who === 'nobody') return b;
  if (b.who === 'nobody') return a;
  return { who: 'waiting_for', providerIds: [...new Set([...a.providerIds, ...b.providerIds])] };
}
