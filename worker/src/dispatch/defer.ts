import type { CandidateEnd } from './conclude.ts';

const SOONEST_MS = 1_000;
const LATEST_MS = 30_000;
/** A limit may be raised, a provider mended, and whoever put the job off may not have known: in line, it cannot miss that. */
const LOOK_AGAIN_MS = 300_000;
/** What is full frees within moments. */
const ROOM_MS = 250;

interface DeferInput {
  ends: readonly CandidateEnd[];
  /** Milliseconds since 1970. */
  nowMs: number;
  acceptedAt: Date;
  deadlineAt: Date;
  /** When `local` may step in; null where it may not. */
  degradeAt: number | null;
  /** 0 to 1, to spread jobs that were deferred together. */
  random: number;
}

/**
 * When a job that nobody could take is tried again: as soon as the first candidate may be free, else after a wait
 * that grows with the job's age since it was accepted or tried again (half of it, 1 s to 30 s); after five minutes at
 * the latest, and never past the deadline.
 */
export function toNextTryAt({ ends, nowMs, acceptedAt, deadlineAt, degradeAt, random }: DeferInput): Date {
  const ageMs = nowMs - acceptedAt.getTime();
  const backoffMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, ageMs / 2)) * (1 + random / 4);
  const waits = ends.map((end) => toWaitMs(end, nowMs, backoffMs));
  if (degradeAt !== null) waits.push(Math.max(0, degradeAt - nowMs));
  const waitMs = waits.length > 0 ? Math.min(LOOK_AGAIN_MS, ...waits) : backoffMs;
  return new Date(Math.min(nowMs + Math.ceil(waitMs), deadlineAt.getTime()));
}

function toWaitMs(end: CandidateEnd, nowMs: number, backoffMs: number): number {
  if (end.kind === 'passed_over' && end.reason === 'concurrency') return ROOM_MS;
  if (end.kind === 'defect' || end.kind === 'untried' || end.untilAt === null) return backoffMs;
  return Math.max(ROOM_MS, end.untilAt - nowMs);
}
