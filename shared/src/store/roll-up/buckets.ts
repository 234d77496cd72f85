import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../runtime/durations.ts';

/** How long a bucket of each width is, in milliseconds. */
export const WIDTH_MS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;
export type BucketWidth = keyof typeof WIDTH_MS;

/** A write may land this long after the time it carries: clocks differ, and the ledger may hesitate. */
export const LATE_MS = 10_000;
/** Roll-ups that fail for longer leave the rest out until they go on: a reading stays bounded by this. */
export const TAIL_MS = 10 * MINUTE_MS;
/** Buckets are kept a little longer than the longest window that is read from them. */
export const KEPT_MS: Record<BucketWidth, number> = {
  minute: 2 * HOUR_MS,
  hour: 32 * DAY_MS,
  day: 32 * DAY_MS,
};

/** The start of the minute, hour or day (UTC) that a time is in. */
export function toStart(width: BucketWidth, at: Date | number): Date {
  return new Date(Math.floor(Number(at) / WIDTH_MS[width]) * WIDTH_MS[width]);
}

/** When a bucket that starts then is no longer needed. */
export function toExpiry(width: BucketWidth, start: Date): Date {
  return new Date(start.getTime() + WIDTH_MS[width] + KEPT_MS[width]);
}
