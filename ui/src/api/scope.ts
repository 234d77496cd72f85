import type { Scope } from '@understudy/shared/contracts/session';

/**
 * Whether the scopes that somebody holds cover one that is needed, as the contract's `coversScope`; its module
 * brings Zod along, which the first load has no room for.
 */
export function coversScope(held: readonly Scope[], needed: Scope): boolean {
  if (held.includes('admin') || held.includes(needed)) return true;
  const writing: Partial<Record<Scope, Scope>> = {
    'jobs:read': 'jobs:write',
    'providers:read': 'providers:write',
  };
  const write = writing[needed];
  return write !== undefined && held.includes(write);
}
