import type { Redis } from 'ioredis';
import type { CircuitState } from '../contracts/provider.ts';
import { readRedisNow } from '../runtime/redis.ts';
import { toCircuitKey } from './keys.ts';

/** The fleet's record of one provider's circuit and cooldown. Times are milliseconds since 1970 by Redis's clock. */
export interface CircuitRecord {
  circuit: CircuitState;
  /** When an open circuit becomes half-open; null where it is not open. */
  openUntil: number | null;
  /** Until when the provider asked to be left alone; null where it did not, or that is over. */
  cooldownUntil: number | null;
}

/** The clock is read a moment before the records. */
const READ_APART_MS = 1_000;

/** The circuits of some providers, and what Redis's clock said then. */
export interface Circuits {
  nowMs: number;
  circuits: Map<string, CircuitRecord>;
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
  const fields = ['state', 'openUntil', 'openFor', 'rampUntil', 'coolUntil', 'coolFor'];
  const [redisMs, ...rows] = await Promise.all([
    readRedisNow(redis),
    ...providerIds.map((id) => redis.hmget(toCircuitKey(prefix, id), ...fields)),
  ]);
  const nowMs = redisNowMs ?? redisMs;
  const circuits = new Map(providerIds.map((id, index) => [id, toRecord(rows[index] ?? [], nowMs)]));
  return { nowMs, circuits };
}

function toRecord(
  [state, openUntil, openFor, rampUntil, coolUntil, coolFor]: readonly (string | null)[],
  nowMs: number,
): CircuitRecord {
  const toFuture = (at: number) => (at > nowMs ? at : null);
  const openEnd = state === 'open' ? toFuture(toEnd(openUntil, openFor, nowMs)) : null;
  return {
    circuit: toCircuit(state, { isDue: openEnd === null, isRamping: Number(rampUntil ?? 0) > nowMs }),
    openUntil: openEnd,
    cooldownUntil: toFuture(toEnd(coolUntil, coolFor, nowMs)),
  };
}

/**
 * When a wait ends. One that is to last longer than from its beginning is over as far as anybody knows, since the clock
 * was set back: whoever asks the record itself next has it begin anew there.
 */
function toEnd(until: string | null | undefined, lengthMs: string | null | undefined, nowMs: number): number {
  const latestMs = nowMs + Number(lengthMs) + READ_APART_MS;
  const isTooLong = Number(lengthMs ?? 0) > 0 && Number(until) > latestMs;
  return isTooLong ? nowMs : Number(until ?? 0);
}

/** The record stays `open` until somebody calls, which may be long after its time. */
function toCircuit(
  state: string | null | undefined,
  { isDue, isRamping }: { isDue: boolean; isRamping: boolean },
): CircuitState {
  if (state === 'open') return isDue ? 'half-open' : 'open';
  if (state === 'half-open') return state;
  return isRamping ? 'ramping' : 'closed';
}
