import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listQueries, readDashboard } from './dashboard.ts';
import { parseExpression } from './expression.ts';
import { readMetricsPage } from './metrics-page.ts';
import { listAlerts, readRules, readRuleTests } from './rules.ts';

const OF_PROMETHEUS = ['job', 'instance'];
const page = readMetricsPage();
const runbook = readFileSync(new URL('../../../../docs/operations/runbook.md', import.meta.url), 'utf8');
const rules = readRules();
const recorded = rules.groups.flatMap(({ rules: all }) =>
  all.flatMap((rule) => ('record' in rule ? rule.record : [])),
);
/** The labels of every series that there may be. */
const series = new Map<string, readonly string[]>([
  ['up', OF_PROMETHEUS],
  ['ALERTS', ['alertname', 'alertstate', 'severity']],
]);
for (const name of recorded) series.set(name, []);
for (const { name, type, labels } of page) {
  const all = [...labels, ...OF_PROMETHEUS];
  const isHistogram = type === 'histogram';
  for (const part of isHistogram ? ['_count', '_sum'] : ['']) series.set(`${name}${part}`, all);
  if (isHistogram) series.set(`${name}_bucket`, [...all, 'le']);
}

/** What an expression asks for that no process has. */
function findUnknown(expr: string): string[] {
  const { selected, grouped } = parseExpression(expr);
  const unknown = selected.flatMap(({ metric, labels }) => {
    const known = series.get(metric);
    if (!known) return [metric];
    return labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`);
  });
  const all = new Set(selected.flatMap(({ metric }) => series.get(metric) ?? []));
  return [...unknown, ...grouped.filter((label) => !all.has(label))];
}

it('sees what an expression asks for', () => {
  const expr =
    'sum by (le) (rate(a_bucket{x=~"1|2", y="z"}[5m])) > on (q) group_left scalar(b) or absent(c:d)';
  expect(parseExpression(expr)).toEqual({
    selected: [
      { metric: 'a_bucket', labels: ['x', 'y'] },
      { metric: 'b', labels: [] },
      { metric: 'c:d', labels: [] },
    ],
    grouped: ['le', 'q'],
  });
  expect(() => parseExpression('sum(a')).toThrow('no expression');
  expect(findUnknown('understudy_jobs{nonsense="1"} + nobody')).toEqual([
    'understudy_jobs{nonsense}',
    'nobody',
  ]);
});

it('describes each metric once, with the unit that its name ends with', () => {
  expect(new Set(page.map(({ name }) => name)).size).toBe(page.length);
  const wrong = page.filter(({ name, unit }) => {
    const ending = /_(seconds|bytes|usd)(_total)?$/.exec(name)?.[1];
    const units = ending === undefined ? ['count', '0 or 1'] : [ending === 'usd' ? 'US dollars' : ending];
    return !units.includes(unit);
  });
  expect(wrong).toEqual([]);
});

it.each(rules.groups.flatMap(({ rules: all }) => all))('$alert$record asks for what there is', ({ expr }) => {
  expect(findUnknown(expr)).toEqual([]);
});

it.each(listQueries(readDashboard()))('the dashboard asks for what there is in $title', ({ expr }) => {
  expect(findUnknown(expr)).toEqual([]);
});

it('lays the dashboard out without two panels in one place', () => {
  const { panels } = readDashboard();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(taken).size).toBe(taken.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});

it.each(listAlerts(rules))('$alert is tested to fire and not to fire, and leads to what to do', (rule) => {
  const cases = readRuleTests().tests.flatMap(({ alert_rule_test: all }) =>
    all.filter(({ alertname }) => alertname === rule.alert),
  );
  expect(cases.some(({ exp_alerts: alerts }) => alerts.length > 0)).toBe(true);
  expect(cases.some(({ exp_alerts: alerts }) => alerts.length === 0)).toBe(true);
  expect(rule.labels['severity']).toMatch(/^(page|ticket)$/);
  expect(rule.annotations.runbook_url).toBe(`docs/operations/runbook.md#${rule.alert.toLowerCase()}`);
  expect(runbook).toContain(`\n## ${rule.alert}\n`);
});
