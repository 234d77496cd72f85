import * as z from 'zod/mini';
import { isoTime } from './primitives.ts';

export const SCOPES = ['jobs:read', 'jobs:write', 'providers:read', 'providers:write', 'admin'] as const;
export const scope = z.enum(SCOPES);
export type Scope = z.infer<typeof scope>;

/** Whether the scopes that somebody holds cover one that is needed: `admin` covers all, a write its read. */
export function coversScope(held: readonly Scope[], needed: Scope): boolean {
  return (
    held.includes('admin') ||
    held.includes(needed) ||
    (needed.endsWith(':read') && held.includes(needed.replace(':read', ':write') as Scope))
  );
}

/** Body of `POST /api/session`: a token, or the code of a one-time login link. */
export const sessionInput = z.union([
  z.strictObject({ token: z.string().check(z.minLength(1), z.maxLength(1_000)) }),
  z.strictObject({ code: z.string().check(z.minLength(1), z.maxLength(1_000)) }),
]);
export type SessionInput = z.infer<typeof sessionInput>;

/** Who is signed in. */
export const session = z.object({
  name: z.string(),
  client: z.string(),
  scopes: z.array(scope),
  expiresAt: z.nullable(isoTime),
});
export type Session = z.infer<typeof session>;
