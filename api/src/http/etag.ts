import { ConflictError } from '@understudy/shared/errors';

/** A strong tag of one revision of one thing; the id keeps a new thing of an old name apart. */
export function toEtag(id: string, revision: number): string {
  return `"${id}.${revision}"`;
}

/**
 * Holds `If-Match` (RFC 9110 §13.1.1) against the present tag; without the header everything matches.
 * @throws {ConflictError} `stale` where none of its tags is the present one; a weak tag never is.
 */
export function assertMatches(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) return;
  const tags = new Set(ifMatch.split(',').map((tag) => tag.trim()));
  if (tags.has('*') || tags.has(etag)) return;
  throw new ConflictError(
    'stale',
    'It was changed since it was read: read it again, then repeat the change.',
  );
}
