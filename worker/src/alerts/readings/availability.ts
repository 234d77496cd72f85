import type { AlertFacts } from '../facts.ts';
import type { Reading, ToldCauses } from '../reading.ts';
import { toCount, toDuration, toPercent } from '../wording.ts';

/** Fewer misses than this are no breach: of few jobs, one that came late is no trend. */
const MIN_MISSED = 5;
const SPAN = { '1h': 'the last hour', '30d': 'the last 30 days' } as const;

/**
 * Whether availability is under its target, over the last hour and over 30 days. It is over once only half of what the
 * target allows is missed.
 */
export function toAvailabilityReadings(facts: AlertFacts, told: ToldCauses): Reading[] {
  return facts.availability.map(({ window, accepted, answered, degraded, target }): Reading => {
    const id = `availability/${window}`;
    const missed = accepted - answered;
    const ratio = accepted === 0 ? 1 : answered / accepted;
    const isTold = (told.get(id)?.cause ?? null) !== null;
    const bar = isTold ? (1 + target) / 2 : target;
    if (ratio >= bar || (!isTold && missed < MIN_MISSED)) return { id, cause: null, words: null };
    const { availabilityTargetMs: targetMs } = facts;
    const figures = `${toCount(missed)} of ${toCount(accepted)} jobs had no full answer within ${toDuration(targetMs)}`;
    const summary = `Availability over ${SPAN[window]} is ${toPercent(ratio)}, under its target of ${toPercent(target)}: ${figures}.`;
    const data = { summary, window, accepted, answered, degraded, missed, ratio, target, targetMs };
    return { id, cause: 'breached', words: { type: 'availability.breached', path: '/', data } };
  });
}
