import type { ClassifyRequest } from './adapter.ts';
import { withoutText } from './redact.ts';

/** A shorter label would take pieces out of ordinary words. */
const MIN_LABEL = 4;

/**
 * The part of an error's words that may decide its kind: what the vendor itself says, without anything it may have
 * been told. Else a text that speaks of billing, echoed in a refusal, would pass for an empty account.
 */
export function toEvidence(
  words: string,
  request: Pick<ClassifyRequest, 'text' | 'labelSet'> | null,
): string {
  let own = words.slice(0, 2_000);
  if (request) {
    own = withoutText(own, request.text);
    for (const { name } of request.labelSet.labels) {
      if (name.length >= MIN_LABEL) own = own.replaceAll(name, '');
    }
  }
  return own.replace(/(?<!\w)(["'`])(?:(?!\1).)+\1(?!\w)/gs, '');
}
