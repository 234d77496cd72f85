const HOUR_MS = 3_600_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Local time of a mark on an axis: the day where the axis is longer than two days, else the time of day. */
export function toAxisTime(atMs: number, spanMs: number): string {
  return (spanMs > 48 * HOUR_MS ? day : clock).format(atMs);
}

/** Local time of a step of a chart, for reading it off. */
export function toStepTime(atMs: number): string {
  return dayAndClock.format(atMs);
}
