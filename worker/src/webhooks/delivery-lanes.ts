import type { Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import {
  countHeld,
  countHeldOf,
  findDueDeliveries,
  findNextLaneOf,
  holdDeliveries,
  type DueDelivery,
} from '@understudy/shared/store/webhooks/lane';
import { readTarget } from '@understudy/shared/store/webhooks/targets';
import { createTurns } from './turns.ts';

/** The way of deliveries from the ledger into the queue, each target in a lane of its own. */
export interface DeliveryLanes {
  /** Has these targets looked at, soon. What fails now is taken up by upkeep. */
  feed(targets: readonly string[]): void;
  /** Gives on a place that a delivery has left, soon: to its client's targets in turn, and then to its own. */
  feedAfter(delivery: { client: string; target: string }): void;
  /**
   * Puts into the queue what is due for a target, as far as it and its client may have at once.
   * @throws when a store is away.
   */
  feedNow(target: string): Promise<Fed>;
  /** Resolves when everything that was asked for is done or given up. */
  flush(): Promise<void>;
}

/** How many deliveries were put into the queue, and whether their client may have no more. */
interface Fed {
  put: number;
  isFull: boolean;
}

interface DeliveryLanesOptions {
  store: Store;
  producer: Pick<Producer, 'addDeliveries'>;
  clock: Clock;
  logger: Logger;
}

/** Calls of one target at once, over the fleet; of one that fails, a single one, so that it holds up nobody. */
const AT_ONCE = 16;
const AT_ONCE_WHILE_FAILING = 1;
/** Of one client at once: half of what a worker takes, so that whoever names many dead hosts holds up only itself. */
const AT_ONCE_OF_CLIENT = 32;
/** Lanes of a client that one look walks by; the next goes on from there. */
const MAX_LANES = 32;
/** What the queue has not brought to a worker by then is put in again, which is harmless where it is still there. */
const IN_QUEUE_MS = 10_000;
const NOTHING: Fed = { put: 0, isFull: false };

export function createDeliveryLanes({ store, producer, clock, logger }: DeliveryLanesOptions): DeliveryLanes {
  const looks = createTurns((err, key) => logger.debug({ err, key }, 'deliveries are left to upkeep'));
  /** Puts of one client go one by one: each counts what the one before put. */
  const puts = new Map<string, Promise<unknown>>();
  /** Targets whose deliveries left a place, by client, until the walk that comes before them is over. */
  const left = new Map<string, Set<string>>();

  async function feedNow(target: string): Promise<Fed> {
    const now = new Date(clock.now());
    const failing = await readTarget(store, target);
    if (failing?.pausedUntil && failing.pausedUntil > now) return NOTHING;
    const room = (failing ? AT_ONCE_WHILE_FAILING : AT_ONCE) - (await countHeld(store, target, now));
    if (room <= 0) return NOTHING;
    const due = await findDueDeliveries(store, target, now, room);
    const client = due[0]?.client;
    if (client === undefined) return NOTHING;
    const before = puts.get(client) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => put(client, due));
    puts.set(client, mine);
    try {
      return await mine;
    } finally {
      if (puts.get(client) === mine) puts.delete(client);
    }
  }

  async function put(client: string, due: readonly DueDelivery[]): Promise<Fed> {
    const now = new Date(clock.now());
    const room = Math.max(0, AT_ONCE_OF_CLIENT - (await countHeldOf(store, client, now)));
    const chosen = due.slice(0, room);
    if (chosen.length > 0) {
      const until = new Date(now.getTime() + IN_QUEUE_MS);
      await holdDeliveries(
        store,
        chosen.map(({ _id }) => _id),
        { now, until },
      );
      await producer.addDeliveries(
        chosen.map(({ _id, tries }) => ({ deliveryId: _id, tries: tries.length })),
      );
    }
    return { put: chosen.length, isFull: due.length >= room };
  }

  const walkLanes = createWalk({ store, clock, feedNow });

  async function walkThenFeed(client: string) {
    const targets = [...(left.get(client) ?? [])];
    left.delete(client);
    if (await walkLanes(client)) for (const target of targets) await feedNow(target);
  }

  return {
    feedNow,
    feed(targets) {
      for (const target of targets) looks.ask(target, () => feedNow(target));
    },
    feedAfter({ client, target }) {
      left.set(client, (left.get(client) ?? new Set()).add(target));
      looks.ask(`client:${client}`, () => walkThenFeed(client));
    },
    flush: () => looks.flush(),
  };
}

/** @returns what feeds the lanes of a client in turn, each time from where it stopped, and says whether there is room left. */
function createWalk({
  store,
  clock,
  feedNow,
}: Pick<DeliveryLanesOptions, 'store' | 'clock'> & Pick<DeliveryLanes, 'feedNow'>) {
  const stoppedAt = new Map<string, string>();

  return async (client: string): Promise<boolean> => {
    for (let visited = 0; visited < MAX_LANES; visited += 1) {
      const after = stoppedAt.get(client) ?? '';
      const lane = await findNextLaneOf(store, client, after);
      if (lane === null) {
        stoppedAt.delete(client);
        if (after === '' || visited > 0) return true;
        continue;
      }
      const isDue = lane.nextTryAt.getTime() <= clock.now();
      const { put, isFull } = isDue ? await feedNow(lane.target) : NOTHING;
      // A lane that got a place has had its turn, however many it waits with.
      if (put > 0 || !isFull) stoppedAt.set(client, lane.target);
      if (isFull) return false;
    }
    return true;
  };
}
