import { healthStatus, providerFlag } from '@understudy/shared/contracts/provider';
import { addReadMetric } from '@understudy/shared/runtime/read-metric';
import { toUsd } from '@understudy/shared/store/usage/nano-usd';
import type { Registry } from 'prom-client';
import type { ProviderFacts } from './read-provider-facts.ts';

interface ProviderGauge {
  name: string;
  help: string;
  /** Beside `provider`. */
  labelNames?: string[];
  read: (provider: ProviderFacts) => readonly { labels?: Record<string, string>; value: number }[];
}

/** One value of a set for each state that there is: 1 for the one that it is in. */
const toStates = <L extends string>(label: L, states: readonly string[], current: string | null) =>
  states.map((state) => ({ labels: { [label]: state }, value: state === current ? 1 : 0 }));

const toSeconds = (at: Date | null | undefined) => (at?.getTime() ?? 0) / 1_000;

/** A disabled one is not checked, so there is nothing to say of its health. */
const ofEnabled = ({ enabled }: ProviderFacts, value: number) => (enabled ? [{ value }] : []);

const GAUGES: readonly ProviderGauge[] = [
  {
    name: 'understudy_provider_enabled',
    help: 'Whether a provider may be called: 1 or 0.',
    labelNames: ['type'],
    read: ({ type, enabled }) => [{ labels: { type }, value: enabled ? 1 : 0 }],
  },
  {
    name: 'understudy_provider_health',
    help: 'The health of each enabled provider by its checks: 1 for the status that it has, 0 for the others.',
    labelNames: ['status'],
    read: ({ enabled, health }) =>
      enabled ? toStates('status', healthStatus.options, health?.status ?? 'unknown') : [],
  },
  {
    name: 'understudy_provider_last_check_timestamp_seconds',
    help: 'When an enabled provider was last checked, in Unix time; 0 where it never was.',
    read: (provider) => ofEnabled(provider, toSeconds(provider.health?.checkedAt)),
  },
  {
    name: 'understudy_provider_last_healthy_timestamp_seconds',
    help: 'When a check last found an enabled provider healthy, in Unix time; 0 where none did.',
    read: (provider) => ofEnabled(provider, toSeconds(provider.health?.healthyAt)),
  },
  {
    name: 'understudy_provider_flagged',
    help: 'Whether a provider gets no calls until an operator mends it: 1 for the reason, 0 for the others.',
    labelNames: ['reason'],
    read: ({ flagged }) => toStates('reason', FLAGS, flagged),
  },
  {
    name: 'understudy_provider_budget_limit_usd',
    help: 'What a provider may cost in a month.',
    read: ({ budget }) => (budget ? [{ value: budget.limitUsd }] : []),
  },
  {
    name: 'understudy_provider_budget_spent_usd',
    help: 'What a provider with a budget has cost in this month (UTC).',
    read: ({ budget }) => (budget ? [{ value: toUsd(budget.spentNanoUsd) }] : []),
  },
  {
    name: 'understudy_provider_budget_exhausted',
    help: 'Whether a provider’s budget is spent, or holds no further call: 1 or 0.',
    read: ({ budget }) => (budget ? [{ value: budget.isExhausted ? 1 : 0 }] : []),
  },
];

/** A spent budget has a metric of its own. */
const FLAGS = providerFlag.options.filter((flag) => flag !== 'budget');

/** Adds what there is to say of each provider; whoever is deleted has no series any more. */
export function addProviderMetrics(
  registry: Registry,
  readProviders: () => Promise<readonly ProviderFacts[]>,
): void {
  for (const { name, help, labelNames = [], read } of GAUGES) {
    addReadMetric(registry, {
      type: 'gauge',
      name,
      help,
      labelNames: ['provider', ...labelNames],
      async read() {
        const providers = await readProviders();
        return providers.flatMap((provider) =>
          read(provider).map(({ labels, value }) => ({
            labels: { provider: provider.name, ...labels },
            value,
          })),
        );
      },
    });
  }
}
