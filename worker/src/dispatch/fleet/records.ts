import type { Clock } from '@understudy/shared/runtime/clock';
import { inRedisTime, type Redis } from '@understudy/shared/runtime/redis';
import { toMonth } from '@understudy/shared/store/usage/budget';
import { toChannel, toRecordKeys } from './keys.ts';
import { createScripts, type Script } from './scripts.ts';

/** The fleet's records of its providers in Redis, changed by scripts only. */
export interface FleetRecords {
  /**
   * Runs a script on one provider's record; on the budget of `month`, by default of this one.
   * @throws when Redis is away, or does not answer within 500 ms.
   */
  run(script: Script, providerId: string, input: object, month?: string): Promise<unknown>;
}

export function createFleetRecords(options: {
  redis: Redis;
  prefix: string;
  clock: Clock;
  /** Stands in for Redis's clock; only tests have one. */
  redisNowMs?: () => number;
}): FleetRecords {
  const { redis, prefix, clock, redisNowMs } = options;
  const runScript = createScripts(redis);
  return {
    async run(script, providerId, input, month = toMonth(clock.now())) {
      const common = { provider: providerId, channel: toChannel(prefix), nowMs: redisNowMs?.() };
      const keys = toRecordKeys(prefix, providerId, month);
      return inRedisTime(runScript(script, keys, { ...common, ...input }));
    },
  };
}
