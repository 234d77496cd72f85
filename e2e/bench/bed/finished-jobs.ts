import { toIdAt } from '../../../shared/src/ids.ts';
import { rollUpAnswers } from '../../../shared/src/store/answer-stats/roll-up-answers.ts';
import type { AttemptDocument } from '../../../shared/src/store/attempts/model.ts';
import { rollUpAvailability } from '../../../shared/src/store/availability/roll-up-availability.ts';
import type { Store } from '../../../shared/src/store/connect.ts';
import { rollUpJobStats } from '../../../shared/src/store/job-stats/roll-up-job-stats.ts';
import type { JobDocument } from '../../../shared/src/store/jobs/model.ts';
import { inTransaction } from '../../../shared/src/store/transaction.ts';
import { addIncrements } from '../../../shared/src/store/usage/add-increments.ts';
import { toIncrements, type SettledAttempt } from '../../../shared/src/store/usage/bucket.ts';
import { USAGE_SHARDS } from '../../../shared/src/store/usage/model.ts';
import { buildAttempt, buildAttemptEnd } from '../../../shared/src/testing/builders.ts';
import { eventually } from '../../../shared/src/testing/eventually.ts';
import { buildWaitingJob, insertMany } from './ledger.ts';
import { LABELS, MODEL } from './workload.ts';

/** A busy hour on each of the last seven days. */
const DAYS = 7;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Jobs of the last moments are still being rolled up. */
const YOUNGEST_MS = 120_000;
const CLIENTS = ['default', 'shop', 'support', 'mail'];
const PROVIDERS = ['main', 'second', 'third'].map((name) => ({
  id: `prv_bench_${name}`,
  name,
  type: 'openai' as const,
  model: MODEL,
}));
const ONE_FAILED_IN = 50;
const USAGE_BATCH_SIZE = 50_000;
const ROLL_UPS = 12;

interface Span {
  /** So many are stored in all, as many on each day. */
  count: number;
  nowMs: number;
}

/** Stores ended jobs with their attempts and what usage has of these, as if they had been done in the last week, and rolls them up. */
export async function addFinishedJobs(store: Store, count: number): Promise<void> {
  const span = { count, nowMs: Date.now() };
  await insertMany(store.jobs.collection as never, count, (number) => buildFinishedJob(number, span));
  await insertMany(store.attempts.collection as never, count, (number) => buildSettledAttempt(number, span));
  for (let from = 0; from < count; from += USAGE_BATCH_SIZE) {
    const length = Math.min(USAGE_BATCH_SIZE, count - from);
    const attempts = Array.from({ length }, (_, index) => buildSettledAttempt(from + index, span));
    const increments = toIncrements(attempts, (from / USAGE_BATCH_SIZE) % USAGE_SHARDS);
    await inTransaction(store, (session) => addIncrements(store, increments, session));
  }
  for (let call = 0; call < ROLL_UPS; call += 1) await rollUp(store, span.nowMs);
  await writeToDisk(store);
}

/** So that what is measured next does not share the disk with it; a call that takes too long is made again. */
async function writeToDisk({ connection }: Store): Promise<void> {
  await eventually(async () => (await connection.db?.admin().command({ fsync: 1 }))?.['ok'] === 1);
}

/** What upkeep does: each call takes a bounded number of steps. */
async function rollUp(store: Store, nowMs: number): Promise<void> {
  await rollUpAvailability(store, { now: nowMs, targetMs: 30_000 });
  await rollUpJobStats(store, nowMs);
  await rollUpAnswers(store, nowMs);
}

const pick = <T>(from: readonly T[], number: number) => from[number % from.length] as T;

function toTime(number: number, { count, nowMs }: Span): Date {
  const day = Math.floor((number * DAYS) / count);
  const ofItsHour = (number * DAYS) / count - day;
  return new Date(nowMs - YOUNGEST_MS - (DAYS - 1 - day) * DAY_MS - Math.floor((1 - ofItsHour) * HOUR_MS));
}

const toId = (kind: 'job' | 'att', number: number, span: Span) =>
  `${toIdAt(kind, toTime(number, span).getTime())}${String(number).padStart(16, '0')}`;
const hasFailed = (number: number) => number % ONE_FAILED_IN === 0;

function buildFinishedJob(number: number, span: Span): JobDocument {
  const createdAt = toTime(number, span);
  const ended = {
    startedAt: new Date(createdAt.getTime() + 20 + (number % 40)),
    finishedAt: new Date(createdAt.getTime() + 300 + (number % 900)),
    attemptCount: 1,
    settledBy: `token-${number}`,
    enqueuedEpoch: 'an-epoch-of-before',
    enqueuedAt: createdAt,
  };
  const label = pick(LABELS, number);
  const labels = [{ name: label, confidence: 0.5 + (number % 50) / 100 }];
  return {
    ...buildWaitingJob(number, { createdAt, client: pick(CLIENTS, number), waiting: false, ...ended }),
    _id: toId('job', number, span),
    ...(hasFailed(number)
      ? { state: 'failed', error: { code: 'deadline_exceeded', message: 'No provider answered.' } }
      : {
          state: 'succeeded',
          provider: pick(PROVIDERS, number),
          result: { label, labels, rationale: null },
          usage: { inputTokens: 300, outputTokens: 12, costNanoUsd: 52_200, pricing: 'priced' },
        }),
  };
}

function buildSettledAttempt(number: number, span: Span): AttemptDocument & SettledAttempt {
  const startedAt = new Date(toTime(number, span).getTime() + 40);
  const durationMs = 200 + (number % 900);
  const end = hasFailed(number)
    ? buildAttemptEnd({ outcome: 'failed', fault: 'server_error', status: 500, costNanoUsd: 0, durationMs })
    : buildAttemptEnd({ durationMs, inputTokens: 300, outputTokens: 12, costNanoUsd: 52_200 });
  return {
    ...buildAttempt({ jobId: toId('job', number, span), client: pick(CLIENTS, number), startedAt }),
    _id: toId('att', number, span),
    claimToken: `token-${number}`,
    provider: pick(PROVIDERS, number),
    limitAt: new Date(startedAt.getTime() + 10_000),
    settledAt: new Date(startedAt.getTime() + durationMs),
    counted: true,
    ...end,
  };
}
