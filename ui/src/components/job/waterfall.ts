import type { Attempt } from '@understudy/shared/contracts/classification';

export interface WaterfallBar {
  attempt: Attempt;
  /** Milliseconds from the first attempt's start. */
  offsetMs: number;
  /** Left edge and width as a share (0..1) of the whole. */
  start: number;
  width: number;
}

const MIN_WIDTH = 0.006;

/**
 * Attempts as bars on one time axis, from the first start to the last end. An attempt that is under way reaches to
 * `now`; one with no measurable duration keeps a width that can be seen.
 */
export function toWaterfall(
  attempts: readonly Attempt[],
  now: Date,
): { bars: WaterfallBar[]; totalMs: number } {
  const spans = attempts.map((attempt) => {
    const from = Date.parse(attempt.startedAt);
    return { attempt, from, to: from + (attempt.durationMs ?? Math.max(0, now.getTime() - from)) };
  });
  const begin = Math.min(...spans.map((span) => span.from));
  const totalMs = spans.length === 0 ? 0 : Math.max(...spans.map((span) => span.to)) - begin;
  const scale = Math.max(totalMs, 1);
  const bars = spans.map(({ attempt, from, to }) => {
    const width = Math.min(1, Math.max(MIN_WIDTH, (to - from) / scale));
    return { attempt, offsetMs: from - begin, start: Math.min((from - begin) / scale, 1 - width), width };
  });
  return { bars, totalMs };
}
