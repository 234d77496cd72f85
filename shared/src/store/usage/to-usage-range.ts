import { ValidationError } from '../../errors.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import { toStart, WIDTH_MS } from '../roll-up/buckets.ts';

export type UsageInterval = 'hour' | 'day';

export interface UsageRange {
  /** Inclusive; 24 h before `to` by default. */
  from?: Date | undefined;
  /** Exclusive; now by default. */
  to?: Date | undefined;
  interval: UsageInterval;
}

/** A range that is checked: whole hours from `from` on, in rows of `widthMs` that begin with an hour or a day in UTC. */
export interface UsageSpan {
  from: Date;
  to: Date;
  widthMs: number;
}

/** Rows that a reply may have: 416 days by the hour, 27 years by the day. */
const MAX_USAGE_ROWS = 10_000;

/** `from` is taken back to the start of its hour. @throws {ValidationError} for a range that is none, or has too many rows. */
export function toUsageSpan({ from, to, interval }: UsageRange, now: number): UsageSpan {
  const end = to ?? new Date(now);
  const start = from ?? new Date(end.getTime() - DAY_MS);
  if (start >= end) refuse('?from', 'must be before `to`', 'invalid_range');
  const span = { from: toStart('hour', start), to: end, widthMs: WIDTH_MS[interval] };
  const rows = Math.ceil((span.to.getTime() - span.from.getTime()) / span.widthMs);
  if (rows > MAX_USAGE_ROWS) {
    const shorter = interval === 'hour' ? 'ask for days or for a shorter range' : 'ask for a shorter range';
    const detail = `gives up to ${rows} rows, of which a reply has at most ${MAX_USAGE_ROWS}: ${shorter}`;
    refuse('?from', detail, 'too_many_rows');
  }
  return span;
}

/** The row that a bucket belongs to, by its start in milliseconds since 1970. */
export function toRow(at: Date, { widthMs }: Pick<UsageSpan, 'widthMs'>): number {
  return Math.floor(at.getTime() / widthMs) * widthMs;
}

function refuse(pointer: string, detail: string, code: string): never {
  throw new ValidationError([{ pointer, detail, code }]);
}
