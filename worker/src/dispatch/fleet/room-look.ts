import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { Admission } from '../admission/admission.ts';
import type { LocalAdmission } from '../admission/local-admission.ts';

interface RoomLookOptions {
  line: LocalAdmission['line'];
  readRoom: Admission['readRoom'];
  /** A provider by its id, as it now is. */
  get: (providerId: string) => PooledProvider | undefined;
  logger: Logger;
}

const LOOK_MS = 100;

/**
 * Looks for the places that other processes give back, of which nobody tells: one look for all who wait here. Wakes as
 * many as there is room for, and all where something else than places is short by now, which each must learn.
 */
export function createRoomLook({ line, readRoom, get, logger }: RoomLookOptions): Service {
  async function look() {
    const waitedFor: PooledProvider[] = [];
    for (const id of line.listWaitedFor()) {
      const pooled = get(id);
      if (pooled) waitedFor.push(pooled);
      else line.wake(id, Infinity);
    }
    for (const { providerId, room, reason } of await readRoom(waitedFor)) {
      line.wake(providerId, reason === null || reason === 'concurrency' ? room : Infinity);
    }
  }
  return createPeriodicService({ name: 'look for room', intervalMs: LOOK_MS, runOnce: look, logger });
}
