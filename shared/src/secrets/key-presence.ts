import { createPeriodicService, type Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Store } from '../store/connect.ts';
import type { KeyHolderDocument, LockedKey } from '../store/key-holders/model.ts';
import {
  forgetDeadKeyHolders,
  removeKeyHolder,
  writeKeyHolder,
} from '../store/key-holders/write-key-holder.ts';
import type { KeyRing } from './key-ring.ts';

const EVERY_MS = 5_000;

/** Lets operators, and `keys rotate`, know which master keys a process runs with, and what it cannot open. */
export interface KeyPresence extends Service {
  /** Says so now, where it runs. Never throws. */
  tell(): Promise<void>;
}

export function createKeyPresence(options: {
  store: Store;
  role: KeyHolderDocument['role'];
  processId: string;
  keyRing: Pick<KeyRing, 'keys'>;
  locked?: () => LockedKey[];
  logger: Logger;
}): KeyPresence {
  const { store, role, processId: _id, keyRing, locked = () => [], logger } = options;
  let isRunning = false;
  let writing: Promise<void> = Promise.resolve();

  /** One after the other: an earlier word must not come last, nor after the row was removed. */
  function write(): Promise<void> {
    const next = writing
      .catch(() => {})
      .then(async () => {
        if (isRunning) await writeKeyHolder(store, { _id, role, keys: [...keyRing.keys], locked: locked() });
      });
    writing = next;
    return next;
  }

  const telling = createPeriodicService({
    name: 'key presence',
    intervalMs: EVERY_MS,
    runOnce: write,
    logger,
  });
  return {
    async start() {
      if (isRunning) return;
      isRunning = true;
      await forgetDeadKeyHolders(store).catch(() => {});
      await telling.start();
    },
    tell: () => write().catch((err: unknown) => logger.debug({ err }, 'what cannot be opened was not told')),
    async stop() {
      if (!isRunning) return;
      isRunning = false;
      await telling.stop();
      await writing.catch(() => {});
      await removeKeyHolder(store, _id).catch(() => {});
    },
  };
}
