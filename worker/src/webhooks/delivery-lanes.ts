import type { Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { countHeld, findDueDeliveries, holdDeliveries } from '@understudy/shared/store/webhooks/lane';
import { readTarget } from '@understudy/shared/store/webhooks/targets';

/** The way of deliveries from the ledger into the queue, each target in a lane of its own. */
export interface DeliveryLanes {
  /** Has these targets looked at, soon. What fails now is taken up by upkeep. */
  feed(targets: readonly string[]): void;
  /** Puts into the queue what is due for a target, as far as it may have at once. @throws when a store is away. */
  feedNow(target: string): Promise<void>;
  /** Resolves when everything that was asked for is done or given up. */
  flush(): Promise<void>;
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
/** What the queue has not brought to a worker by then is put in again, which is harmless where it is still there. */
const IN_QUEUE_MS = 10_000;

export function createDeliveryLanes({ store, producer, clock, logger }: DeliveryLanesOptions): DeliveryLanes {
  /** Targets that are being fed; true where they were asked for again meanwhile. */
  const feeding = new Map<string, boolean>();
  const pending = new Set<Promise<void>>();

  async function feedNow(target: string) {
    const now = new Date(clock.now());
    const failing = await readTarget(store, target);
    if (failing?.pausedUntil && failing.pausedUntil > now) return;
    const room = (failing ? AT_ONCE_WHILE_FAILING : AT_ONCE) - (await countHeld(store, target, now));
    if (room <= 0) return;
    const due = await findDueDeliveries(store, target, now, room);
    if (due.length === 0) return;
    const until = new Date(now.getTime() + IN_QUEUE_MS);
    await holdDeliveries(
      store,
      due.map(({ _id }) => _id),
      { now, until },
    );
    await producer.addDeliveries(due.map(({ _id, tries }) => ({ deliveryId: _id, tries: tries.length })));
  }

  async function feedUntilDone(target: string) {
    try {
      do {
        feeding.set(target, false);
        await feedNow(target);
      } while (feeding.get(target));
    } catch (err) {
      logger.debug({ err, target }, 'deliveries are left to upkeep');
    } finally {
      feeding.delete(target);
    }
  }

  return {
    feedNow,
    feed(targets) {
      for (const target of targets) {
        if (feeding.has(target)) {
          feeding.set(target, true);
          continue;
        }
        const fed = feedUntilDone(target).finally(() => pending.delete(fed));
        pending.add(fed);
      }
    },
    async flush() {
      await Promise.all(pending);
    },
  };
}
