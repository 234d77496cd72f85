import { isFinal, type Attempt, type ClassificationRow } from '../../shared/src/contracts/classification.ts';
import type { Client } from '../../shared/src/client/client.ts';
import type { Failover } from '../../shared/src/contracts/failover.ts';
import { readAll } from './read-all.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { Announcements } from './announcements.ts';

/** What became of the accepted jobs, by the product's own records. */
export interface Stock {
  accepted: number;
  /** Succeeded within 30 s of their acceptance, not degraded. */
  inTime: number;
  degraded: number;
  /** By code. */
  failed: Record<string, number>;
  /** Not final although all is well again. */
  lost: number;
  /** Jobs whose end was announced more or less than once. */
  announcedOtherwise: number;
  /** Jobs whose usage is not the sum of their attempts. */
  chargedOtherwise: number;
  /** Jobs that more than one provider answered: both are on record and paid, one counts. */
  answeredTwice: number;
  attempts: number;
  hedges: number;
  failovers: number;
  /** Milliseconds, nearest rank. */
  answer: { p50Ms: number; p95Ms: number; p99Ms: number; worstMs: number };
  switch: { p50Ms: number; p95Ms: number; p99Ms: number; worstMs: number };
}

const IN_TIME_MS = 30_000;

interface StockOptions {
  announced: Pick<Announcements, 'counts'>;
  /** Ids. */
  accepted: readonly string[];
  timeoutMs: number;
}

/** Upkeep tells an end that nobody told after 5 s, every 5 s. */
const UPKEEP_TELLS_MS = 15_000;

type Row = ClassificationRow & { attempts: Attempt[] };

/** Waits until every job is final and told, at most so long, and counts. `announced` has listened all the time. */
export async function takeStock(
  client: Client,
  { announced, accepted, timeoutMs }: StockOptions,
): Promise<Stock> {
  await untilQuiet(client, timeoutMs);
  const wanted = new Set(accepted);
  const isTold = () => accepted.every((id) => announced.counts.has(id));
  await eventually(isTold, { timeoutMs: UPKEEP_TELLS_MS }).catch(() => {});
  const rows = (
    await readAll((at) => client.classifications.list({ limit: 50, include: ['attempts'], ...at }))
  ).filter((row): row is Row => wanted.has(row.id));
  const failovers = await readAll((at) => client.failovers.list({ limit: 200, ...at }));
  const known = new Set(rows.map(({ id }) => id));
  const final = rows.filter(({ state }) => isFinal(state));
  const answered = final.filter(({ state }) => state === 'succeeded');
  const attempts = rows.flatMap((row) => row.attempts);
  return {
    accepted: accepted.length,
    inTime: answered.filter((row) => !row.degraded && toAgeMs(row) <= IN_TIME_MS).length,
    degraded: answered.filter(({ degraded }) => degraded).length,
    failed: countBy(final.flatMap(({ error }) => (error ? [error.code] : []))),
    lost: accepted.filter((id) => !known.has(id)).length + (rows.length - final.length),
    announcedOtherwise: final.filter(({ id }) => announced.counts.get(id) !== 1).length,
    chargedOtherwise: await countChargedOtherwise(client, final),
    answeredTwice: final.filter((row) => countAnswers(row) > 1).length,
    attempts: attempts.length,
    hedges: attempts.filter(({ hedge }) => hedge).length,
    failovers: failovers.length,
    answer: toRanks(answered.map(toAgeMs)),
    switch: toRanks(failovers.filter(({ to }) => to !== null).map(({ switchMs }: Failover) => switchMs)),
  };
}

async function untilQuiet(client: Client, timeoutMs: number) {
  const states = ['queued', 'processing', 'deferred'] as const;
  const isQuiet = async () =>
    (await client.classifications.list({ state: states, limit: 1 })).data.length === 0;
  // What is open after that is counted as lost.
  await eventually(isQuiet, { timeoutMs }).catch(() => {});
}

function countAnswers({ attempts }: Row): number {
  return attempts.filter(({ outcome }) => outcome === 'succeeded').length;
}

/** An attempt may be settled, and the sum follow, just while they are read: such jobs are looked at again. */
async function countChargedOtherwise(client: Client, final: readonly Row[]): Promise<number> {
  const stillWrong = await Promise.all(
    final
      .filter((row) => !isChargedRight(row))
      .map(({ id }) =>
        eventually(async () => isChargedRight(await client.classifications.get(id)), {
          timeoutMs: UPKEEP_TELLS_MS,
        }).catch(() => id),
      ),
  );
  return stillWrong.filter((id) => id !== true).length;
}

function isChargedRight({ usage, attempts }: Pick<Row, 'usage' | 'attempts'>): boolean {
  const toNano = (costUsd: number | null) => Math.round((costUsd ?? 0) * 1e9);
  const sum = attempts.reduce((total, { costUsd }) => total + toNano(costUsd), 0);
  return toNano(usage.costUsd) === sum;
}

function toAgeMs({ createdAt, finishedAt }: Row): number {
  return Date.parse(finishedAt ?? '') - Date.parse(createdAt);
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function toRanks(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), worstMs: at(1) };
}
