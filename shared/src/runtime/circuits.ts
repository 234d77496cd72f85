import type { Redis } from 'ioredis';
import type { CircuitState } from '../contracts/provider.ts';

/** The fleet's record of one provider's circuit and cooldown. Times are milliseconds since 1970 by Redis's clock. */
export interface CircuitRecord {
  circuit: CircuitState;
  /** From when on an open circuit grants a probe; null where it is not open. */
  openUntil: number | null;
  /** Until when the provider asked to be left alone; null where it did not, or that is over. */
  cooldownUntil: number | null;
}

/** The circuits of some providers, and what Redis's clock said then. */
export interface Circuits {
  nowMs: number;
  circuits: Map<string, CircuitRecord>;
}

/** The hash that holds a provider's circuit; the keys of its other limits begin with it. */
export function toCircuitKey(prefix: string, providerId: string): string {
  return `${prefix}:fleet:{${providerId}}`;
}

/**
 * The circuit of each provider asked for; `closed` where nobody said anything. `redisNowMs` stands in for
 * Redis's clock, in tests. @throws when Redis is away.
 */
export async function readCircuits(
  redis: Redis,
  prefix: string,
  providerIds: readonly string[],
  redisNowMs?: number,
): Promise<Circuits> {
  const fields = ['state', 'openUntil', 'rampUntil', 'coolUntil'];
  const [time, ...rows] = await Promise.all([
    redis.time(),
    ...providerIds.map((id) => redis.hmget(toCircuitKey(prefix, id), ...fields)),
  ]);
  const nowMs = redisNowMs ?? Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
  const circuits = new Map(providerIds.map((id, index) => [id, toRecord(rows[index] ?? [], nowMs)]));
  return { nowMs, circuits };
}

function toRecord(
  [state, openUntil, rampUntil, coolUntil]: readonly (string | null)[],
  nowMs: number,
): CircuitRecord {
  return {
    circuit: toCircuit(state ?? 'closed', Number(rampUntil ?? 0) > nowMs),
    openUntil: state === 'open' ? Number(openUntil ?? 0) : null,
    cooldownUntil: Number(coolUntil ?? 0) > nowMs ? Number(coolUntil) : null,
  };
}

function toCircuit(state: string, isRamping: boolean): CircuitState {
  if (state === 'open' || state === 'half-open') return state;
  return isRamping ? 'ramping' : 'closed';
}
