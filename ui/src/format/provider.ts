import type { Provider, ProviderFlag } from '@understudy/shared/contracts/provider';
import { toLocalTime } from './time.ts';
import { HEALTH_TONES, type Tone } from './tone.ts';

/** Why a provider was set aside, and what ends it, to go on after a colon. */
export const FLAG_WORDS: Record<ProviderFlag, string> = {
  unauthenticated: 'the API key was refused, or cannot be opened. Replace the key.',
  forbidden: 'the key may not use this model. Give it access, or use another key.',
  quota: 'the account has no credit left. Top it up at the provider.',
  budget: 'this month’s budget is spent. Raise it to go on.',
};

export interface StatusRemark {
  tone: Tone;
  text: string;
  /** Whether no job comes to it meanwhile. */
  isInTheWay: boolean;
}

interface Standing {
  tone: Tone;
  word: string;
}

/**
 * How a provider stands now, for its badge. Its health changes only after several checks in a row; what fails just now,
 * by its circuit, its cooldown, its flag or the latest check (`errorMessage`), is not called healthy until then.
 */
export function toStanding(
  { circuit, cooldownUntil, flagged, health }: Provider['status'],
  errorMessage: string | null | undefined,
  now: Date,
): Standing {
  if (health === 'down' || health === 'degraded') return { tone: HEALTH_TONES[health], word: health };
  if (flagged) return { tone: 'warn', word: 'set aside' };
  if (circuit === 'open' || circuit === 'half-open' || errorMessage) return { tone: 'warn', word: 'failing' };
  if (cooldownUntil !== null && new Date(cooldownUntil) > now) return { tone: 'warn', word: 'cooling down' };
  if (circuit === 'ramping') return { tone: 'warn', word: 'recovering' };
  return { tone: HEALTH_TONES[health], word: health };
}

/** Everything that keeps a provider from being tried as usual, worst first; empty for one in normal service. */
export function toStatusRemarks(provider: Provider, now: Date): StatusRemark[] {
  const { circuit, cooldownUntil, flagged } = provider.status;
  const remarks: StatusRemark[] = [];
  if (flagged) remarks.push({ tone: 'bad', text: `Set aside: ${FLAG_WORDS[flagged]}`, isInTheWay: true });
  if (circuit === 'open') {
    const text = 'Circuit open: too many calls failed. It is tried again by itself.';
    remarks.push({ tone: 'bad', text, isInTheWay: true });
  }
  if (circuit === 'half-open') {
    remarks.push({ tone: 'warn', text: 'Circuit half-open: one job at a time tries it.', isInTheWay: false });
  }
  if (circuit === 'ramping') {
    remarks.push({ tone: 'warn', text: 'Circuit closing: traffic returns step by step.', isInTheWay: false });
  }
  if (cooldownUntil && new Date(cooldownUntil) > now) {
    const until = toLocalTime(new Date(cooldownUntil), now);
    const text = `Cooling down until ${until}, as the provider asked.`;
    remarks.push({ tone: 'warn', text, isInTheWay: true });
  }
  return remarks;
}

/** The model that a provider calls; `local` has none. */
export function toModel(provider: Provider): string | null {
  return 'model' in provider.configuration ? provider.configuration.model : null;
}
