import { isLocalAll } from '@understudy/shared/contracts/is-local-all';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Overview } from '@understudy/shared/contracts/stats';

/** How jobs fared that count towards availability. */
export interface Availability {
  answered: number;
  /** Answered in time by `local`, where others were to. */
  byLocal: number;
  /** Without any answer in time. */
  missed: number;
  /** Null where no job counts. */
  ratio: number | null;
}

type Counts = Pick<Overview['availability'], 'accepted' | 'answered' | 'degraded'>;

/** Judged as the alert `availability.breached` judges: where `local` is the only provider that is enabled, its answers count. */
export function toAvailability(
  { accepted, answered, degraded }: Counts,
  providers: readonly Provider[],
): Availability {
  const countsLocal = isLocalAll(providers);
  const good = countsLocal ? answered + degraded : answered;
  return {
    answered: good,
    byLocal: countsLocal ? 0 : degraded,
    missed: accepted - answered - degraded,
    ratio: accepted === 0 ? null : good / accepted,
  };
}
