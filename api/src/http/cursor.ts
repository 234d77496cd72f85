import { AppError } from '@understudy/shared/errors';
import type { IdKind } from '@understudy/shared/ids';
import type { Page } from '@understudy/shared/store/page';

/** What a list is asked for, of which one page is answered. */
export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/** An opaque mark of a place in a list: behind the thing with this id. */
export function toCursor(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

/** The id that a cursor stands for. @throws {AppError} `invalid_cursor` where it is not one of this list's. */
export function fromCursor(cursor: string | undefined, kind: IdKind): string | null {
  if (cursor === undefined) return null;
  const id = decode(cursor);
  if (toCursor(id) !== cursor || !new RegExp(`^${kind}_[0-9A-Za-z]{1,40}$`).test(id)) {
    throw new AppError('invalid_cursor', 'The cursor is not one of this list.');
  }
  return id;
}

/** The same with a moment: that which a look over several calls goes by, or that of the thing. */
export function toTimedCursor(at: Date, id: string): string {
  return toCursor(`${at.getTime()} ${id}`);
}

/** The moment and the id that a cursor stands for. @throws {AppError} `invalid_cursor` where it is none of ours. */
export function fromTimedCursor(cursor: string, kind: IdKind): { at: Date; id: string } {
  const [, ms, id] = new RegExp(`^(\\d{1,15}) (${kind}_[0-9A-Za-z]{1,40})$`).exec(decode(cursor)) ?? [];
  const at = new Date(Number(ms));
  if (id === undefined || toTimedCursor(at, id) !== cursor) {
    throw new AppError('invalid_cursor', 'The cursor is not one of this kind.');
  }
  return { at, id };
}

const decode = (cursor: string) => Buffer.from(cursor, 'base64url').toString('utf8');

/** Cuts what was found, one more than `limit` if there is more, to a page. `goOnBehind`: where the look broke off. */
export function toPage<T>(
  found: readonly T[],
  limit: number,
  toId: (item: T) => string,
  goOnBehind: string | null = null,
): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const lastId = found.length > limit && last !== undefined ? toId(last) : goOnBehind;
  return { items, nextCursor: lastId === null ? null : toCursor(lastId) };
}

/** The same of what there was room for: where it was cut, it goes on behind the last. */
export function toCutPage<T>(found: readonly T[], isCut: boolean, limit: number, toId: (item: T) => string) {
  const last = found.at(-1);
  return toPage(found, limit, toId, isCut && last !== undefined ? toId(last) : null);
}

type FindPage<T> = (page: Page) => Promise<readonly T[]>;

/** A page of what `find` gives, newest first. @throws {AppError} `invalid_cursor` */
export function readPage<T extends { _id: string }>(
  query: PageQuery,
  kind: IdKind,
  find: FindPage<T>,
): Promise<{ items: T[]; nextCursor: string | null }>;
export function readPage<T>(
  query: PageQuery,
  kind: IdKind,
  find: FindPage<T>,
  toId: (item: T) => string,
): Promise<{ items: T[]; nextCursor: string | null }>;
export async function readPage<T extends { _id: string }>(
  { limit, cursor }: PageQuery,
  kind: IdKind,
  find: FindPage<T>,
  toId: (item: T) => string = ({ _id }) => _id,
) {
  return toPage(await find({ limit: limit + 1, beforeId: fromCursor(cursor, kind) }), limit, toId);
}
