import * as z from 'zod/mini';
import { isoTime } from './primitives.ts';
import { SCOPES } from './scope.ts';

export const scope = z.enum(SCOPES);

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
