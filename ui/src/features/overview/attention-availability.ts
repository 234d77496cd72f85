import { toCount, toPercent, toPlural } from '../../format/number.ts';
import type { AttentionFacts, AttentionItem } from './attention-item.ts';
import { toAvailability } from './availability.ts';

/** Fewer are no trend, as in the alert. */
const MIN_MISSED = 5;
const WINDOW_WORDS = { '1h': 'the last hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

type Figures = Pick<
  AttentionFacts['overview']['availability'],
  'window' | 'accepted' | 'answered' | 'degraded' | 'target'
>;

/** Availability under its target: bad where jobs had no answer in time, a warning where only `local` gave one. */
export function toAvailabilityItems({ overview, alerts, providers }: AttentionFacts): AttentionItem[] {
  const told = alerts.find((alert) => alert.type === 'availability.breached');
  // An alert tells how it was when it was raised, of a window that may be another one than is shown.
  const candidates: Figures[] = [overview.availability, ...(told ? [told.data] : [])];
  const figures = candidates.find((one) => isLow(one, providers));
  if (!figures) return [];
  return [
    {
      id: 'availability',
      ...toWords(figures, providers),
      since: told?.at ?? null,
      action: { kind: 'go', to: `/processing?window=${figures.window}`, words: 'Look why' },
    },
  ];
}

function isLow(figures: Figures, providers: AttentionFacts['providers']): boolean {
  const { byLocal, missed, ratio } = toAvailability(figures, providers);
  return ratio !== null && ratio < figures.target && byLocal + missed >= MIN_MISSED;
}

function toWords(
  figures: Figures,
  providers: AttentionFacts['providers'],
): Pick<AttentionItem, 'tone' | 'title' | 'detail'> {
  const { accepted, target, window } = figures;
  const { byLocal, missed, ratio } = toAvailability(figures, providers);
  const over = `Over ${WINDOW_WORDS[window]}`;
  const jobs = toPlural(accepted, 'job');
  const availability = toPercent(ratio ?? 0);
  if (missed >= MIN_MISSED && 1 - missed / accepted < target) {
    const rough = byLocal > 0 ? `, ${toCount(byLocal)} more only one by local` : '';
    return {
      tone: 'bad',
      title: `Availability is ${availability}`,
      detail: `${over} ${toCount(missed)} of ${jobs} had no answer in time${rough}; the target is ${toPercent(target)}.`,
    };
  }
  const none = missed > 0 ? `; ${toCount(missed)} had no answer in time` : '';
  return {
    tone: 'warn',
    title: `Only local answered ${toCount(byLocal)} of ${jobs}`,
    detail: `${over}${none}. Without them availability is ${availability}; the target is ${toPercent(target)}.`,
  };
}
