import { KINDS } from './kinds.ts';
import type { RoundTrip } from './round-trip.ts';

/** How long one job was with a worker: from its entry to the end of its settling in the ledger, in milliseconds. */
export interface DispatchTime {
  wholeMs: number;
  /** In which some round trip of its dispatch was seen under way. */
  storesMs: number;
  /** How many these were. */
  trips: number;
}

/** Reads it off the round trips of a worker that had one job at a time, of that job alone; null where one is missing. */
export function readDispatchTime(trips: readonly RoundTrip[]): DispatchTime | null {
  const claim = trips.find(({ kind }) => kind === 'claim');
  const settled = trips.findLast(({ kind }) => kind === 'settle job');
  const isHandOut = ({ kind }: RoundTrip) => kind === 'hand out job' || kind === 'end entry, hand out next';
  const handedOut = trips.findLast((trip) => isHandOut(trip) && claim && trip.answeredAt <= claim.askedAt);
  if (!claim || !settled || !handedOut) return null;
  const [from, until] = [handedOut.answeredAt, settled.answeredAt];
  const inTheWay = trips.filter(
    ({ kind, askedAt, answeredAt }) =>
      KINDS[kind]?.path === 'dispatch' && kind !== 'hand out job' && askedAt >= from && answeredAt <= until,
  );
  return { wholeMs: until - from, storesMs: toCovered(inTheWay), trips: inTheWay.length };
}

/** The length of what some intervals cover together. */
export function toCovered(trips: readonly Pick<RoundTrip, 'askedAt' | 'answeredAt'>[]): number {
  let covered = 0;
  let end = -Infinity;
  for (const { askedAt, answeredAt } of trips.toSorted((a, b) => a.askedAt - b.askedAt)) {
    covered += Math.max(0, answeredAt - Math.max(end, askedAt));
    end = Math.max(end, answeredAt);
  }
  return covered;
}
