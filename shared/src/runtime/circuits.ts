import type { Redis } from 'ioredis';
import type { CircuitState } from '../contracts/provider.ts';

/** What the fleet last said of a provider's circuit, for whoever shows it. */
export interface CircuitRecord {
  circuit: CircuitState;
  /** Until when the provider asked to be left alone; milliseconds since 1970. */
  cooldownUntil: number | null;
}

const CLOSED: CircuitRecord = { circuit: 'closed', cooldownUntil: null };
const toKey = (prefix: string) => `${prefix}:circuits`;

/** Tells the fleet of a change of a provider's circuit or cooldown. @throws when Redis is away. */
export async function publishCircuit(
  redis: Redis,
  prefix: string,
  providerId: string,
  record: CircuitRecord,
) {
  await redis.hset(toKey(prefix), providerId, JSON.stringify(record));
}

/** The circuit of each provider asked for; `closed` where nothing was said. @throws when Redis is away. */
export async function readCircuits(
  redis: Redis,
  prefix: string,
  providerIds: readonly string[],
): Promise<Map<string, CircuitRecord>> {
  if (providerIds.length === 0) return new Map();
  const records = await redis.hmget(toKey(prefix), ...providerIds);
  return new Map(
    providerIds.map((id, index) => {
      const stored = records[index];
      return [id, stored ? (JSON.parse(stored) as CircuitRecord) : CLOSED];
    }),
  );
}
