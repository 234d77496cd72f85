import { AppError } from '@understudy/shared/errors';
import type { RepricePlace } from '@understudy/shared/store/usage/reprice-attempts';

/** An opaque mark of a place in the attempts of a provider. */
export function toRepriceCursor({ settledAt, attemptId }: RepricePlace): string {
  return Buffer.from(`${settledAt.getTime()} ${attemptId}`, 'utf8').toString('base64url');
}

/** The place that a cursor stands for. @throws {AppError} `invalid_cursor` where it is none of ours. */
export function fromRepriceCursor(cursor: string | undefined): RepricePlace | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, at, attemptId] = /^(\d{1,15}) (att_[0-9A-Za-z]{1,40})$/.exec(text) ?? [];
  const place = attemptId === undefined ? null : { settledAt: new Date(Number(at)), attemptId };
  if (!place || toRepriceCursor(place) !== cursor) {
    throw new AppError('invalid_cursor', 'The cursor is not one of this kind.');
  }
  return place;
}
