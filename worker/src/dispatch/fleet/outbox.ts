import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { IfThere } from './if-there.ts';

/** What the fleet's records must be told, sooner or later. */
export interface Outbox {
  /**
   * Tells it now or, where Redis is away, when that is back. `tell` must do no harm when it is run twice: an answer
   * that got lost is asked for again. Of two under one key the later is kept.
   */
  send(key: string, tell: () => Promise<unknown>): Promise<void>;
  /** Tells what has been kept. @returns whether anything was told. */
  flush(): Promise<boolean>;
}

/**
 * Far more than one process has under way. Beyond it the oldest is lost: of a call's end its place comes back with its lease,
 * and its part of a budget by upkeep; a cooldown or a reset among them is not told to the fleet.
 */
const MAX_KEPT = 1_000;

export function createOutbox(ifThere: IfThere): Outbox {
  const kept = new Map<string, () => Promise<unknown>>();

  return {
    async send(key, tell) {
      if ((await ifThere(tell)) === null) setBounded(kept, key, tell, MAX_KEPT);
    },
    async flush() {
      let told = false;
      for (const [key, tell] of kept) {
        if ((await ifThere(tell)) === null) break;
        if (kept.get(key) === tell) kept.delete(key);
        told = true;
      }
      return told;
    },
  };
}
