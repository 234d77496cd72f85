/** What a token may do. This module has no schema: the console asks it before it has loaded any. */
export const SCOPES = ['jobs:read', 'jobs:write', 'providers:read', 'providers:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether the scopes that somebody holds cover one that is needed: `admin` covers all, a write its read. */
export function coversScope(held: readonly Scope[], needed: Scope): boolean {
  return (
    held.includes('admin') ||
    held.includes(needed) ||
    (needed.endsWith(':read') && held.includes(needed.replace(':read', ':write') as Scope))
  );
}
