import { expect, it } from 'vitest';
import type { ProviderTrend } from '../../api/stats.ts';
import { toSteps } from '../../components/chart/window-steps.ts';
import { toLines } from './trends.ts';

const now = Date.parse('2026-11-26T12:34:00Z');
const point = (at: string, requestCount: number, errorCount: number, p95Ms: number | null) =>
  ({ at, requestCount, errorCount, p95Ms }) as ProviderTrend['series'][number];

it('draws a line for each provider, with gaps where it had no traffic', () => {
  const steps = toSteps('24h', now).slice(-3);
  const trends = [
    {
      id: 'prv_1',
      series: [point('2026-11-26T10:00:00.000Z', 10, 1, 80), point('2026-11-26T12:00:00.000Z', 4, 4, null)],
    },
  ];
  const names = new Map([['prv_1', 'main']]);
  expect(toLines(trends, names, steps, 'p95Ms')).toEqual([{ name: 'main', values: [80, null, null] }]);
  expect(toLines(trends, names, steps, 'requests')).toEqual([{ name: 'main', values: [10, 0, 4] }]);
  expect(toLines(trends, names, steps, 'errorShare')).toEqual([{ name: 'main', values: [0.1, null, 1] }]);
});
