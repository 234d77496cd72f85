import { toCount, toPercent, toPlural } from '../../format/number.ts';
import type { AttentionFacts, AttentionItem } from './attention-item.ts';

/** Fewer are no trend, as in the alert. */
const MIN_MISSED = 5;
const WINDOW_WORDS = { '1h': 'the last hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

type Figures = Pick<
  AttentionFacts['overview']['availability'],
  'window' | 'accepted' | 'answered' | 'degraded' | 'target'
>;

/** Availability under its target: bad where jobs had no answer in time, a warning where only `local` gave one. */
export function toAvailabilityItems({ overview, alerts }: AttentionFacts): AttentionItem[] {
  const told = alerts.find((alert) => alert.type === 'availability.breached');
  // An alert tells how it was when it was raised, of a window that may be another one than is shown.
  const candidates: Figures[] = [overview.availability, ...(told ? [told.data] : [])];
  const figures = candidates.find(isLow);
  if (!figures) return [];
  return [
    {
      id: 'availability',
      ...toWords(figures),
      since: told?.at ?? null,
      action: { kind: 'go', to: `/processing?window=${figures.window}`, words: 'Look why' },
    },
  ];
}

function isLow({ accepted, answered, target }: Figures): boolean {
  return answered / accepted < target && accepted - answered >= MIN_MISSED;
}

function toWords(figures: Figures): Pick<AttentionItem, 'tone' | 'title' | 'detail'> {
  const { accepted, answered, degraded, target, window } = figures;
  const missed = accepted - answered - degraded;
  const over = `Over ${WINDOW_WORDS[window]}`;
  const jobs = toPlural(accepted, 'job');
  const availability = toPercent(answered / accepted);
  if (missed >= MIN_MISSED && 1 - missed / accepted < target) {
    const rough = degraded > 0 ? `, ${toCount(degraded)} more only one by local` : '';
    return {
      tone: 'bad',
      title: `Availability is ${availability}`,
      detail: `${over} ${toCount(missed)} of ${jobs} had no answer in time${rough}; the target is ${toPercent(target)}.`,
    };
  }
  const none = missed > 0 ? `; ${toCount(missed)} had no answer in time` : '';
  return {
    tone: 'warn',
    title: `Only local answered ${toCount(degraded)} of ${jobs}`,
    detail: `${over}${none}. Without them availability is ${availability}; the target is ${toPercent(target)}.`,
  };
}
