import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import { toFaultWords } from '../../format/fault.ts';
import { toConfidence, toPlural } from '../../format/number.ts';
import { toDuration } from '../../format/time.ts';

export interface TestWords {
  tone: 'ok' | 'bad';
  title: string;
  detail: string;
}

/** The result of a provider's test in words: what it did, or what went wrong and what to do about it. */
export function toTestWords({
  ok,
  latencyMs,
  models,
  sample,
  fault,
  message,
}: ProviderTestResult): TestWords {
  const took = toDuration(latencyMs);
  if (!ok) {
    const words = fault ? toFaultWords(fault) : null;
    return {
      tone: 'bad',
      title: `It ${words?.what ?? 'failed'} (after ${took}).`,
      // The provider's own message, where there is one, comes with what to do about it.
      detail: message ?? words?.advice ?? '',
    };
  }
  const said = sample
    ? `Classified a sample as “${sample.label}” at ${toConfidence(sample.confidence)}.`
    : '';
  const offers = models ? `${toPlural(models.length, 'model')} on offer.` : '';
  return {
    tone: 'ok',
    title: `It works: answered in ${took}.`,
    detail: [said, offers].filter(Boolean).join(' '),
  };
}
