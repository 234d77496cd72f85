import type { FaultKind } from '@understudy/shared/contracts/fault';

interface FaultWords {
  /** What happened, to go on after the provider's name. */
  what: string;
  /** What an operator can do about it. */
  advice: string;
}

const FAULTS: Record<FaultKind, FaultWords> = {
  overloaded: { what: 'was overloaded', advice: 'Usually passes by itself.' },
  server_error: {
    what: 'failed on its side',
    advice: 'Usually passes by itself; look at the provider’s status page.',
  },
  rate_limited: {
    what: 'asked for fewer requests',
    advice: 'Lower this provider’s rate limit, or raise the account’s.',
  },
  silent: { what: 'sent nothing at all in time', advice: 'Check the base URL, or allow it more time.' },
  timeout: { what: 'was too slow', advice: 'Allow it more time, or choose a faster model.' },
  network: {
    what: 'could not be reached',
    advice:
      'Check the base URL, and that this machine can reach it. Private addresses need UNDERSTUDY_PRIVATE_HOSTS.',
  },
  unauthenticated: { what: 'refused the API key', advice: 'Replace the key.' },
  forbidden: {
    what: 'does not allow this key to do it',
    advice: 'Give the key access to the model, or use another.',
  },
  quota: { what: 'has no credit left', advice: 'Top up the account at the provider.' },
  invalid_output: {
    what: 'gave no usable answer',
    advice: 'Check the model’s name, or choose a more capable model.',
  },
  context_length: {
    what: 'found the text too long',
    advice: 'Shorten the text, or use a model with a larger window.',
  },
  content_filter: {
    what: 'refused the content',
    advice: 'Nothing to mend here: the provider’s policy refused it.',
  },
  bad_request: { what: 'rejected the request', advice: 'Check the model’s name and the base URL.' },
};

/** Every kind of fault that is known here. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultKind[];

/** A fault in words. One that is not known yet (the API may add kinds) is named as it is. */
export function toFaultWords(fault: string): FaultWords {
  return isFaultKind(fault) ? FAULTS[fault] : { what: `failed (${fault})`, advice: '' };
}

function isFaultKind(fault: string): fault is FaultKind {
  return Object.hasOwn(FAULTS, fault);
}
