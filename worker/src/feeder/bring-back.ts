import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { returnDueJobs, returnLostJobs, wakeDeferredJobs } from '@understudy/shared/store/jobs/return-jobs';
import type { ProviderRoom } from '../dispatch/admission.ts';
import { toWake, type ToWake } from './whom-to-wake.ts';

export interface BringBackDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'paused'> };
  clock: Clock;
  logger: Logger;
}

/** How often what no Redis of this epoch was given is looked for while the epoch is the same. */
const LOST_EVERY_MS = 1_000;
/** In one round; the rounds after it take up the others. */
const AT_MOST = 1_000;
/** A worker hears within a second that a provider is free again; what it put off before is woken by another look. */
const ECHOES_MS = [1_000, 3_000];

/** Puts jobs back in line for the feeder: what was lost, what is due, and what need not wait until then. */
export function createBringBack({ store, settings, clock, logger }: BringBackDeps) {
  let seen: ReadonlyMap<string, ProviderRoom> = new Map();
  let wasPaused = false;
  let lost = { epoch: '', lookedAt: -Infinity };
  /** Whom a round found to be awake again and could not wake all. */
  let unfinished: ToWake = NOBODY;
  /** Whom to wake once more, and when. */
  let echoes: { atMs: number; whom: ToWake }[] = [];

  async function bringBackLost(epoch: string) {
    const now = clock.monotonic();
    if (lost.epoch === epoch && now - lost.lookedAt < LOST_EVERY_MS) return;
    const returned = await returnLostJobs(store, epoch, AT_MOST);
    if (returned < AT_MOST) lost = { epoch, lookedAt: now };
    if (returned > 0) logger.info({ jobs: returned }, 'brought back jobs that no Redis of this epoch had');
  }

  async function wake(whom: ToWake): Promise<number> {
    switch (whom.who) {
      case 'all':
        return wakeDeferredJobs(store, null, AT_MOST);
      case 'waiting_for':
        return wakeDeferredJobs(store, whom.providerIds, AT_MOST);
      case 'nobody':
        return 0;
    }
  }

  return async (epoch: string, rooms: readonly ProviderRoom[]): Promise<void> => {
    const { paused } = settings.current();
    const found = wasPaused && !paused ? WAKE_ALL : toWake(seen, rooms, clock.now());
    const now = clock.monotonic();
    const echoed = echoes.filter(({ atMs }) => atMs <= now).map(({ whom }) => whom);
    const whom = [found, ...echoed].reduce(join, unfinished);
    await Promise.all([bringBackLost(epoch), returnDueJobs(store, new Date(clock.now()), AT_MOST)]);
    unfinished = (await wake(whom)) < AT_MOST ? NOBODY : whom;
    // Not before: a round that failed looks again.
    echoes = echoes.filter(({ atMs }) => atMs > now);
    if (found.who !== 'nobody') echoes.push(...ECHOES_MS.map((ms) => ({ atMs: now + ms, whom: found })));
    seen = new Map(rooms.map((room) => [room.providerId, room]));
    wasPaused = paused;
  };
}

const NOBODY: ToWake = { who: 'nobody' };
const WAKE_ALL: ToWake = { who: 'all' };

function join(a: ToWake, b: ToWake): ToWake {
  if (a.who === 'all' || b.who === 'all') return WAKE_ALL;
  if (a.who === 'nobody') return b;
  if (b.who === 'nobody') return a;
  return { who: 'waiting_for', providerIds: [...new Set([...a.providerIds, ...b.providerIds])] };
}
