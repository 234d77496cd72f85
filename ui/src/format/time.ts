const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const DAY_AND_CLOCK = {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;
const dayAndClock = new Intl.DateTimeFormat(undefined, DAY_AND_CLOCK);
const yearAndClock = new Intl.DateTimeFormat(undefined, { year: 'numeric', ...DAY_AND_CLOCK });

/** Local time of day, `14:03:27`. */
export function toClock(at: Date): string {
  return clock.format(at);
}

/** Local time of day, with the day in front unless it is today, and with the year unless it is this one. */
export function toLocalTime(at: Date, now: Date = new Date()): string {
  if (at.toDateString() === now.toDateString()) return toClock(at);
  return (at.getFullYear() === now.getFullYear() ? dayAndClock : yearAndClock).format(at);
}

/** The same moment in UTC, for the tooltip of a local time. */
export function toUtc(at: Date): string {
  return `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** How long ago, in the largest unit that says something: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function toAge(at: Date, now: Date): string {
  const seconds = Math.floor((now.getTime() - at.getTime()) / 1_000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A duration in milliseconds with three figures or two units at most: `0.4 ms`, `1.24 s`, `3 min 5 s`, `24 h`, `7 d`. */
export function toDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${trim(ms / 1_000, ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return toUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes <= 48 * 60) return toUnits(minutes, 60, 'h', 'min');
  return toUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

/** A whole number of small units as big ones, with what is left over in small ones. */
function toUnits(value: number, size: number, big: string, small: string): string {
  const rest = value % size;
  return `${Math.floor(value / size)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
