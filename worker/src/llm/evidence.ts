import type { ClassifyRequest } from './adapter.ts';
import { readErrorBody } from './error-body.ts';
import { findJsonObject } from './json-in-text.ts';
import { withoutText } from './redact.ts';

/** A shorter label would take pieces out of ordinary words. */
const MIN_LABEL = 4;

type Told = Pick<ClassifyRequest, 'text' | 'labelSet'>;

/**
 * The part of an error's words that may decide its kind: what the vendor itself says, without anything it may have
 * been told. Else a text that speaks of billing, echoed in a refusal, would pass for an empty account. Gateways quote
 * the error of the vendor behind them whole (LiteLLM does), so that counts, too.
 */
export function toEvidence(words: string, request: Told | null): string {
  const own = words.slice(0, 2_000);
  const wrapped = readWrapped(request ? withoutText(own, request.text) : own);
  const isTold = request?.text.includes(wrapped) ?? false;
  const parts = wrapped && !isTold ? [own, wrapped] : [own];
  return parts.map((part) => toOwnWords(part, request)).join('\n');
}

/** What the error object in a gateway's words says; empty where there is none. */
function readWrapped(words: string): string {
  const error = findJsonObject(words);
  return error ? readErrorBody(JSON.stringify(error)).message : '';
}

function toOwnWords(words: string, request: Told | null): string {
  let own = words;
  if (request) {
    own = withoutText(own, request.text);
    for (const { name } of request.labelSet.labels) {
      if (name.length >= MIN_LABEL) own = own.replaceAll(name, '');
    }
  }
  return own.replace(/(?<!\w)(["'`])(?:(?!\1).)+\1(?!\w)/gs, '');
}
