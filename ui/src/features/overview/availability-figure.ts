import type { Provider } from '@understudy/shared/contracts/provider';
import type { Overview } from '@understudy/shared/contracts/stats';
import { toCount, toPercent, toPlural } from '../../format/number.ts';
import { toAvailability } from './availability.ts';
import type { Figure } from './figures.ts';

/** How well jobs are answered, against the target. */
export function toAvailabilityFigure({ availability }: Overview, providers: readonly Provider[]): Figure {
  const { accepted, target } = availability;
  const { answered, byLocal, ratio } = toAvailability(availability, providers);
  const unit = `target: at least ${toPercent(target)}`;
  if (ratio === null) {
    return { name: 'Availability', value: null, unit, detail: 'No job has counted towards it yet.' };
  }
  const rough = byLocal > 0 ? `, ${toCount(byLocal)} more only by local` : '';
  return {
    name: 'Availability',
    value: toPercent(ratio),
    unit,
    isMet: ratio >= target,
    detail: `${toCount(answered)} of ${toPlural(accepted, 'job')} answered in time${rough}`,
  };
}
