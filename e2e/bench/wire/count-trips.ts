import { quantile } from '../measure/quantile.ts';
import type { RoundTrip } from './round-trip.ts';

/** Round trips of one kind while some jobs were done. */
export interface TripCount {
  perJob: number;
  p50Ms: number;
}

/** How often each kind was needed for a job. */
export function countTrips(trips: readonly RoundTrip[], jobs: number): Map<string, TripCount> {
  const byKind = Map.groupBy(trips, ({ kind }) => kind);
  return new Map(
    [...byKind].map(([kind, of]) => [
      kind,
      {
        perJob: of.length / jobs,
        p50Ms: quantile(
          of.map(({ askedAt, answeredAt }) => answeredAt - askedAt),
          0.5,
        ),
      },
    ]),
  );
}
