import { expect, it } from 'vitest';
import type { Classification } from '../contracts/classification.ts';
import { formatReport, toReport } from './report.ts';
import type { Answered } from './run-queries.ts';

const CREATED = '2026-01-01T00:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(CREATED) + ms).toISOString();

function answered(label: string, endMs: number, overrides: Partial<Classification> = {}): Answered {
  const job = {
    state: 'succeeded',
    createdAt: CREATED,
    startedAt: after(endMs / 2),
    finishedAt: after(endMs),
    result: { label, labels: [{ name: label, confidence: 0.9 }], rationale: null },
    degraded: false,
    provider: { id: 'prv_1', name: 'main', type: 'openai', model: 'm' },
    usage: { inputTokens: 1, outputTokens: 1, costUsd: 0.001, pricing: 'priced' },
    error: null,
    ...overrides,
  };
  return { job: job as Classification, expected: 'right' };
}

it('counts what was right, what it cost and how long it took', () => {
  const report = toReport([answered('right', 100), answered('wrong', 200)], 1_000);
  expect(report).toMatchObject({
    jobs: 2,
    succeeded: 2,
    correct: 1,
    answersPerSecond: 2,
    costUsd: 0.002,
    queueWait: { p50Ms: 50, p95Ms: 100 },
    answer: { p50Ms: 100, p95Ms: 200 },
    providers: { main: 2 },
  });
});

it('counts a failed job as not answered, whatever label it would have had', () => {
  const failed = answered('right', 100, {
    state: 'failed',
    error: { code: 'deadline_exceeded', message: 'late' },
  });
  const report = toReport([failed], 1_000);
  expect(report).toMatchObject({ succeeded: 0, correct: 0, errors: { deadline_exceeded: 1 } });
  expect(formatReport(report)).toContain('deadline_exceeded 1');
});

it('says when a price is not known instead of calling it nothing', () => {
  const usage = { inputTokens: 1, outputTokens: 1, costUsd: null, pricing: 'unpriced' as const };
  expect(formatReport(toReport([answered('right', 1, { usage })], 1_000))).toContain('without a known price');
});
