import type { NewToken } from '@understudy/shared/client/tokens';
import { tokenInput } from '@understudy/shared/contracts/token';
import type { Scope } from '@understudy/shared/contracts/scope';
import type { ProblemFault } from '@understudy/shared/client/problem-error';
import { toContractFaults } from '../../format/contract-faults.ts';
import { fromTypedNumber } from '../../format/typed-number.ts';

/** A token as it stands in the form. */
export interface TokenDraft {
  name: string;
  client: string;
  scopes: Scope[];
  /** How many days it is good; empty for ever. */
  days: '' | '7' | '30' | '90' | '365';
  requestsPerMinute: string;
}

export function createTokenDraft(): TokenDraft {
  return { name: '', client: '', scopes: ['jobs:write'], days: '', requestsPerMinute: '' };
}

/** What the form means, or what is wrong with it, by the contract of the API. */
export function fromTokenDraft(
  draft: TokenDraft,
  now: number,
): { input: NewToken; faults: null } | { input: null; faults: ProblemFault[] } {
  const { name, client, scopes, days, requestsPerMinute } = draft;
  const limit = requestsPerMinute.trim() === '' ? null : fromTypedNumber(requestsPerMinute);
  const input: NewToken = {
    name: name.trim(),
    ...(client.trim() ? { client: client.trim() } : {}),
    scopes,
    expiresAt: days ? new Date(now + Number(days) * 86_400_000).toISOString() : null,
    requestsPerMinute: limit?.value ?? null,
  };
  const parsed = tokenInput.safeParse(input);
  const faults = parsed.success ? [] : toContractFaults(parsed.error);
  if (limit?.fault) faults.push({ pointer: '/requestsPerMinute', detail: limit.fault, code: 'not_a_number' });
  return faults.length > 0 ? { input: null, faults } : { input, faults: null };
}
