import { quantile } from '../measure/quantile.ts';
import { KINDS, type Path } from './kinds.ts';
import type { RoundTrip } from './round-trip.ts';

/** Round trips of one kind while some jobs were done. */
export interface TripCount {
  kind: string;
  path: Path;
  perJob: number;
  p50Ms: number;
}

/** How often each kind was needed for a job. What is in no table is done by the clock, or was forgotten there. */
export function countTrips(trips: readonly RoundTrip[], jobs: number): Map<string, TripCount> {
  const byKind = Map.groupBy(trips, ({ kind }) => kind);
  return new Map(
    [...byKind].map(([kind, of]) => [
      kind,
      {
        kind,
        path: KINDS[kind]?.path ?? 'by the clock',
        perJob: of.length / jobs,
        p50Ms: quantile(
          of.map(({ askedAt, answeredAt }) => answeredAt - askedAt),
          0.5,
        ),
      },
    ]),
  );
}
