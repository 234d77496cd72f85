import type { Answered } from './run-queries.ts';

export interface Report {
  jobs: number;
  succeeded: number;
  correct: number;
  degraded: number;
  /** Milliseconds, nearest rank. */
  queueWait: { p50Ms: number; p95Ms: number };
  answer: { p50Ms: number; p95Ms: number };
  answersPerSecond: number;
  costUsd: number;
  unpriced: number;
  /** How many answers each provider gave. */
  providers: Record<string, number>;
  /** How many jobs failed, by code. */
  errors: Record<string, number>;
}

/** What a run of `elapsedMs` came to. Times are the ledger's own: acceptance, first claim, end. */
export function toReport(answered: readonly Answered[], elapsedMs: number): Report {
  const jobs = answered.map(({ job }) => job);
  const succeeded = answered.filter(({ job }) => job.state === 'succeeded');
  const since = (at: string | null, createdAt: string) => (at ? Date.parse(at) - Date.parse(createdAt) : 0);
  return {
    jobs: jobs.length,
    succeeded: succeeded.length,
    correct: succeeded.filter(({ job, expected }) => job.result?.label === expected).length,
    degraded: jobs.filter((job) => job.degraded).length,
    queueWait: toPercentiles(jobs.map((job) => since(job.startedAt, job.createdAt))),
    answer: toPercentiles(jobs.map((job) => since(job.finishedAt, job.createdAt))),
    answersPerSecond: elapsedMs > 0 ? (succeeded.length / elapsedMs) * 1_000 : 0,
    costUsd: jobs.reduce((sum, job) => sum + (job.usage.costUsd ?? 0), 0),
    unpriced: jobs.filter(({ usage }) => usage.pricing === 'unpriced' || usage.pricing === 'partial').length,
    providers: countBy(succeeded.map(({ job }) => job.provider?.name ?? 'unknown')),
    errors: countBy(jobs.flatMap((job) => (job.error ? [job.error.code] : []))),
  };
}

/** The report as the lines that a person reads. */
export function formatReport(report: Report): string {
  const share = (part: number) => `${((100 * part) / Math.max(1, report.jobs)).toFixed(1)} %`;
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const unpriced = report.unpriced > 0 ? ` (${report.unpriced} jobs without a known price)` : '';
  const rows: [string, string][] = [
    ['answered', `${report.succeeded} of ${report.jobs}`],
    ['accuracy', share(report.correct)],
    ['answers a second', report.answersPerSecond.toFixed(1)],
    ['queue wait', `p50 ${report.queueWait.p50Ms} ms, p95 ${report.queueWait.p95Ms} ms`],
    ['answer time', `p50 ${report.answer.p50Ms} ms, p95 ${report.answer.p95Ms} ms`],
    ['cost', `$${report.costUsd.toFixed(6)}${unpriced}`],
    ['degraded', share(report.degraded)],
    ['answered by', list(report.providers) || 'nobody'],
    ...(Object.keys(report.errors).length > 0 ? [['failed', list(report.errors)] as [string, string]] : []),
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(17)}${value}`).join('\n');
}

function toPercentiles(values: readonly number[]): { p50Ms: number; p95Ms: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return { p50Ms: rank(0.5), p95Ms: rank(0.95) };
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
