import { createHash } from 'node:crypto';

/** SHA-256, in hex: what is stored of a token, a session's cookie or a login code in place of its value. */
export function toSecretHash(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
