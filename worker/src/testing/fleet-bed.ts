import { once } from 'node:events';
import { dispatchConfig, type DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readCircuits, type CircuitRecord } from '@understudy/shared/fleet/circuits';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import type { Redis } from '@understudy/shared/runtime/redis';
import { openRedis } from '@understudy/shared/testing/open-redis';
import type { RedisBed } from '@understudy/shared/testing/test-bed';
import type { LedgerMonth } from '../dispatch/fleet/month-starter.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFleetAdmission, type FleetAdmission } from '../dispatch/fleet/fleet-admission.ts';

/** Several processes' admissions over one Redis, on a clock that the test moves for all of them. */
export interface FleetBed {
  prefix: string;
  clock: FakeClock;
  /** Sets Redis's clock by so much, against everybody else's. */
  setRedisClock(byMs: number): void;
  /** What the ledger says was spent, by any provider. */
  ledger: Omit<LedgerMonth, 'spentNanoUsd'> & {
    spent: number;
    reads: number;
    /** What the reply of the next reading waits for. */
    held?: Promise<void> | undefined;
  };
  /** The record of a provider's circuit. */
  read(providerId: string): Promise<CircuitRecord>;
  /** What a field of it holds; null where it has none. */
  readField(providerId: string, field: string): Promise<string | null>;
  /** How many fields its tallies have. */
  readSizes(providerId: string): Promise<Record<'hedges' | 'outcomes' | 'tokens', number>>;
  /** Another process, with a connection of its own. */
  join(): Promise<FleetAdmission>;
  connection(admission: FleetAdmission): Redis;
  /** Has Redis's answers to one process wait, or lets them come. */
  freeze(admission: FleetAdmission): void;
  thaw(admission: FleetAdmission): void;
  /** Takes Redis away from one process, or gives it back. */
  cutOff(admission: FleetAdmission): Promise<void>;
  reconnect(admission: FleetAdmission): Promise<void>;
  close(): Promise<void>;
}

export function createFleetBed(bed: RedisBed, settings: Partial<DispatchConfig> = {}): FleetBed {
  const { logger } = bed;
  const prefix = `${bed.prefix}:${Math.random().toString(36).slice(2)}`;
  const clock = createFakeClock();
  const ledger: FleetBed['ledger'] = { spent: 0, reads: 0, correction: null, pending: [], settled: [] };
  const connections = new Map<FleetAdmission, Redis>();
  let redisSetMs = 0;
  const redisNowMs = () => clock.now() + redisSetMs;
  function connection(admission: FleetAdmission): Redis {
    const redis = connections.get(admission);
    if (!redis) throw new Error('It never joined');
    return redis;
  }
  return {
    prefix,
    clock,
    ledger,
    setRedisClock(byMs) {
      redisSetMs += byMs;
    },
    async read(providerId) {
      const { circuits } = await readCircuits(bed.redis, prefix, [providerId], redisNowMs());
      const record = circuits.get(providerId);
      if (!record) throw new Error('There is no such record');
      return record;
    },
    readField: (providerId, field) => bed.redis.hget(toCircuitKey(prefix, providerId), field),
    async readSizes(providerId) {
      const size = (part: string) => bed.redis.hlen(`${toCircuitKey(prefix, providerId)}:${part}`);
      const [hedges, outcomes, tokens] = await Promise.all([
        size('hedges'),
        size('outcomes'),
        size('tokens'),
      ]);
      return { hedges, outcomes, tokens };
    },
    async join() {
      const redis = await openRedis(bed.redisUrl);
      const admission = createFleetAdmission({
        redis,
        prefix,
        workerId: `w${connections.size}`,
        concurrency: 32,
        active: () => 0,
        settings: () => dispatchConfig.parse(settings),
        clock,
        logger,
        async readMonth() {
          ledger.reads += 1;
          const { spent: spentNanoUsd, correction, pending, settled, held } = ledger;
          ledger.held = undefined;
          await held;
          return { spentNanoUsd, correction, pending, settled };
        },
        redisNowMs,
      });
      connections.set(admission, redis);
      return admission;
    },
    connection,
    freeze: (admission) => void connection(admission).stream.pause(),
    thaw: (admission) => void connection(admission).stream.resume(),
    async cutOff(admission) {
      const redis = connection(admission);
      const ended = once(redis, 'end');
      redis.disconnect();
      await ended;
    },
    async reconnect(admission) {
      await connection(admission).connect();
      await admission.refresh();
    },
    async close() {
      for (const [admission, redis] of connections) {
        await admission.stop();
        admission.dispose();
        redis.disconnect();
      }
    },
  };
}
