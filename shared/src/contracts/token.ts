import * as z from 'zod/mini';
import { boundedInt, isoTime, offsetTime, pageOf, pageQuery, storableString } from './primitives.ts';
import { scope } from './session.ts';

/** The name of an upstream system. */
export const clientName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'must be 1-64 of A-Z a-z 0-9 . _ - and start with a letter or digit',
    ),
  );

/** It stands in lists and in the audit log: one line, with something to see in it. */
const tokenName = storableString().check(
  z.minLength(1),
  // The pattern goes over a long name again for each of its characters.
  z.maxLength(100, { abort: true }),
  z.regex(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, 'must be one line with a visible character'),
);

/** Body of `POST /api/tokens`. */
export const tokenInput = z.strictObject({
  name: tokenName,
  client: z._default(clientName, 'default'),
  scopes: z.array(scope).check(
    z.minLength(1),
    z.maxLength(5),
    z.refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice'),
  ),
  expiresAt: z._default(z.nullable(offsetTime), null),
  requestsPerMinute: z._default(z.nullable(boundedInt(1, 1_000_000)), null),
});
export type TokenInput = z.infer<typeof tokenInput>;

export const token = z.object({
  id: z.string(),
  name: z.string(),
  client: z.string(),
  scopes: z.array(scope),
  createdAt: isoTime,
  expiresAt: z.nullable(isoTime),
  requestsPerMinute: z.nullable(z.int()),
  /** To the minute; null for one that was never used. */
  lastUsedAt: z.nullable(isoTime),
});
export type Token = z.infer<typeof token>;

/** The answer to `POST`: the value is in `token`, this once. */
export const tokenCreated = z.object({ ...token.shape, token: z.string() });
export type TokenCreated = z.infer<typeof tokenCreated>;

export const tokenPage = pageOf(token);
export const tokenQuery = z.strictObject(pageQuery);
