const MAX_MESSAGE = 500;
const MAX_SCANNED = 2_000;
const BLOCK = 12;
const KEY_RUN = 6;

/** What must not be seen in a message. */
export interface Secrets {
  apiKey: string | null;
  text: string | null;
}

/**
 * A vendor's message as it may be stored and shown: without the key, whole, masked or in part, without the
 * job's text, on one line, and of at most 500 characters. Vendors echo both.
 */
export function toSafeMessage(message: string, { apiKey, text }: Secrets): string {
  let safe = message.slice(0, MAX_SCANNED);
  if (apiKey) safe = cover(safe, findRuns(safe, apiKey, KEY_RUN, 1), '[key]');
  safe = safe
    .replace(/\S*\*{3,}\S*/g, '[key]')
    .replace(/\b(sk|rk|pk|gsk|xai)-[\w-]{4,}/g, '[key]')
    .replace(/\bBearer\s+[\w.~+/-]+=*/gi, 'Bearer [key]');
  if (text) safe = withoutText(safe, text);
  safe = safe
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return safe.length > MAX_MESSAGE ? `${safe.slice(0, MAX_MESSAGE - 1)}…` : safe;
}

/**
 * A message with what it has in common with a text covered.
 *
 * Any run of 23 characters in common with the text has a whole block of it, so looking for blocks finds every
 * such run without comparing every position of a long text. Whatever is quoted is looked up by itself. A text that is
 * shorter than a block counts only where it stands for itself: it may occur in any word.
 */
export function withoutText(message: string, text: string): string {
  const trimmed = text.trim();
  const size = Math.min(BLOCK, trimmed.length);
  if (size === 0) return message;
  const found = findRuns(message, trimmed, size, size);
  const runs = size < BLOCK ? found.filter((run) => !cutsWord(message, run)) : found;
  const bare = cover(message, runs, '[text]');
  return bare.replace(
    /(["'`“‘])([^"'`“”‘’]{4,})(["'`”’])/g,
    (quoted, open: string, inner: string, close: string) =>
      trimmed.includes(inner.replace(/(\.{3}|…)$/, '').trim()) ? `${open}[text]${close}` : quoted,
  );
}

type Run = [start: number, end: number];

/** Of other scripts, some put no space between words. */
const IN_WORD = /^[\p{Script=Latin}\p{N}]{2}/u;

/** Whether a run begins or ends in the middle of a word. */
function cutsWord(message: string, [start, end]: Run): boolean {
  return [start, end].some((at) => at > 0 && IN_WORD.test(message.slice(at - 1, at + 1)));
}

/** Where `message` has something in common with `secret`: blocks of `size` characters, `step` apart, and their surroundings. */
function findRuns(message: string, secret: string, size: number, step: number): Run[] {
  const runs: Run[] = [];
  const seen = new Set<string>();
  for (let block = 0; block + size <= secret.length; block += step) {
    const needle = secret.slice(block, block + size);
    if (seen.has(needle)) continue;
    seen.add(needle);
    for (let at = message.indexOf(needle); at !== -1; at = message.indexOf(needle, at + 1)) {
      let start = at;
      let end = at + size;
      while (start > 0 && at - start < block && message[start - 1] === secret[block - (at - start) - 1])
        start -= 1;
      while (end < message.length && message[end] === secret[block + (end - at)]) end += 1;
      runs.push([start, end]);
    }
  }
  return runs.toSorted(([a], [b]) => a - b);
}

/** The message with each run, overlapping ones together, replaced by a mark. */
function cover(message: string, runs: Run[], mark: string): string {
  let covered = '';
  let at = 0;
  for (const [start, end] of runs) {
    if (start >= at) covered += message.slice(at, start) + mark;
    at = Math.max(at, end);
  }
  return covered + message.slice(at);
}
