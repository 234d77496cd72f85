import type { Logger } from '@understudy/shared/runtime/logger';
import type { CircuitMirror } from './mirror.ts';

/** Runs what needs Redis. @returns null where that is away, from then on without waiting for it. */
export type IfThere = <T>(work: () => Promise<unknown>) => Promise<T | null>;

export function createIfThere(mirror: Pick<CircuitMirror, 'isUp' | 'markDown'>, logger: Logger): IfThere {
  return async <T>(work: () => Promise<unknown>) => {
    if (!mirror.isUp()) return null;
    try {
      return (await work()) as T;
    } catch (err) {
      logger.debug({ err }, 'a script of the fleet failed');
      mirror.markDown();
      return null;
    }
  };
}
