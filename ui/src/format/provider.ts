import type { Provider, ProviderFlag } from '@understudy/shared/contracts/provider';
import { toLocalTime } from './time.ts';
import type { Tone } from './tone.ts';

const FLAG_WORDS: Record<ProviderFlag, string> = {
  unauthenticated: 'Set aside: the API key was refused, or cannot be opened. Replace the key.',
  forbidden: 'Set aside: the key may not use this model. Give it access, or use another key.',
  quota: 'Set aside: the account has no credit left. Top it up at the provider.',
  budget: 'Set aside: this month’s budget is spent. Raise it to go on.',
};

export interface StatusRemark {
  tone: Tone;
  text: string;
}

/** Everything that keeps a provider from being tried as usual, worst first; empty for one in normal service. */
export function toStatusRemarks(provider: Provider, now: Date): StatusRemark[] {
  const { circuit, cooldownUntil, flagged } = provider.status;
  const remarks: StatusRemark[] = [];
  if (flagged) remarks.push({ tone: 'bad', text: FLAG_WORDS[flagged] });
  if (circuit === 'open') {
    remarks.push({ tone: 'bad', text: 'Circuit open: too many calls failed. It is tried again by itself.' });
  }
  if (circuit === 'half-open')
    remarks.push({ tone: 'warn', text: 'Circuit half-open: one call is trying it.' });
  if (circuit === 'ramping')
    remarks.push({ tone: 'warn', text: 'Circuit closing: traffic returns step by step.' });
  if (cooldownUntil && new Date(cooldownUntil) > now) {
    const until = toLocalTime(new Date(cooldownUntil), now);
    remarks.push({ tone: 'warn', text: `Cooling down until ${until}, as the provider asked.` });
  }
  return remarks;
}

/** The model that a provider calls; `local` has none. */
export function toModel(provider: Provider): string | null {
  return 'model' in provider.configuration ? provider.configuration.model : null;
}
