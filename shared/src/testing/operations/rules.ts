import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Rule = { expr: string } & (
  | { record: string }
  | {
      alert: string;
      for?: string;
      labels: Record<string, string>;
      annotations: { summary: string; runbook_url: string };
    }
);
export type AlertRule = Extract<Rule, { alert: string }>;

/** What `docs/operations/alerts.yml` holds, as Prometheus reads it. */
export interface RulesFile {
  groups: { name: string; rules: Rule[] }[];
}

export interface RuleTests {
  tests: {
    name: string;
    alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
  }[];
}

const read = (name: string) =>
  readFileSync(new URL(`../../../../docs/operations/${name}`, import.meta.url), 'utf8');

export const readRules = (): RulesFile => parse(read('alerts.yml')) as RulesFile;
export const readRuleTests = (): RuleTests => parse(read('alerts.test.yml')) as RuleTests;

export function listAlerts({ groups }: RulesFile): AlertRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule): rule is AlertRule => 'alert' in rule));
}
