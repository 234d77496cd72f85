import { toHttpFaultKind } from './http-fault.ts';
import type { RawFault, Reply } from './vendor.ts';

/** The fault of a reply that came whole but holds no usable answer. */
export function toReplyFault({ ending, detail, status }: Reply, evidence: string): RawFault {
  switch (ending) {
    case 'refused':
      return { kind: 'content_filter', message: `The model declined: ${detail ?? 'no reason given'}` };
    case 'filtered':
      return { kind: 'content_filter', message: "The provider's content filter took the answer away." };
    case 'cut':
      return { kind: 'invalid_output', message: 'The answer was cut at the token limit.', cause: 'cut' };
    case 'context_exceeded':
      return { kind: 'context_length', message: "The text does not fit the model's context window." };
    case 'failed': {
      const message = detail ? detail : 'The provider reported an error in place of an answer.';
      return { kind: status ? toHttpFaultKind(status, '', evidence) : 'server_error', message };
    }
    case 'malformed':
    case 'complete':
      return { kind: 'invalid_output', message: `The answer was ${detail ?? 'without any words'}.` };
  }
}
