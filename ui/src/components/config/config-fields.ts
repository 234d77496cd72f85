/** One setting as the form asks for it. `path` is its place in the configuration, and in the API's faults. */
export type ConfigField = { path: string; label: string; hint: string } & (
  | { kind: 'ms' | 'count' | 'days' | 'share' }
  | { kind: 'switch' }
  | { kind: 'choice'; options: readonly { value: string; label: string }[] }
);

export interface ConfigGroup {
  title: string;
  description: string;
  fields: readonly ConfigField[];
  /** Whether only an administrator may change it. */
  isAdminOnly?: boolean;
}

const STRATEGIES = [
  { value: 'priority', label: 'by priority: the lowest number first' },
  { value: 'latency', label: 'by latency: the one that answered quickest of late' },
  { value: 'cost', label: 'by cost: the cheapest for a typical text' },
  { value: 'weighted', label: 'weighted: at random, by the weight of each' },
  { value: 'round-robin', label: 'round-robin: each in turn' },
];

/** How jobs are dispatched when a provider is late or fails. */
export const FAILOVER_GROUPS: readonly ConfigGroup[] = [
  {
    title: 'Order',
    description: 'Who is asked first, and whether others follow.',
    fields: [
      {
        path: 'strategy',
        kind: 'choice',
        options: STRATEGIES,
        label: 'Strategy',
        hint: 'The order in which providers are tried.',
      },
      {
        path: 'failoverEnabled',
        kind: 'switch',
        label: 'Failover',
        hint: 'Off asks the first provider only: to see how good it is by itself, not for production.',
      },
      {
        path: 'contentFilterFailover',
        kind: 'switch',
        label: 'Refused content goes on',
        hint: 'On asks the next provider where one refuses the content; off ends the job.',
      },
    ],
  },
  {
    title: 'Time-outs',
    description: 'How long anything may take. Each provider has a time-out of its own for one attempt.',
    fields: [
      {
        path: 'dispatchBudgetMs',
        kind: 'ms',
        label: 'One pass',
        hint: 'The longest pass over the providers; then the job waits and is tried again.',
      },
      {
        path: 'defaultDeadlineMs',
        kind: 'ms',
        label: 'Deadline',
        hint: 'When a job that has no deadline of its own fails.',
      },
      {
        path: 'availabilityTargetMs',
        kind: 'ms',
        label: 'In time',
        hint: 'A later answer counts as a miss of availability.',
      },
    ],
  },
  {
    title: 'Hedge',
    description: 'A second provider is started beside one that is late; the first valid answer wins.',
    fields: [
      {
        path: 'hedgeAfterMs',
        kind: 'ms',
        label: 'Started after',
        hint: 'While a provider has few recent answers to learn from.',
      },
      {
        path: 'hedgeMaxMs',
        kind: 'ms',
        label: 'At the latest after',
        hint: 'However slow its answers have been.',
      },
      {
        path: 'hedgeMaxShare',
        kind: 'share',
        label: 'Share of calls',
        hint: 'Most hedges a minute; beyond it a late call is cut and not doubled.',
      },
    ],
  },
  {
    title: 'Circuit breaker',
    description:
      'A provider that keeps failing is passed over at once, and tried again by one job at a time.',
    fields: [
      {
        path: 'breaker.failureThreshold',
        kind: 'count',
        label: 'Failures',
        hint: 'So many within the window open the circuit …',
      },
      {
        path: 'breaker.failureRatio',
        kind: 'share',
        label: 'Share of failures',
        hint: '… if they are at least this share of its calls.',
      },
      { path: 'breaker.windowMs', kind: 'ms', label: 'Window', hint: 'How far back outcomes are counted.' },
      {
        path: 'breaker.openMs',
        kind: 'ms',
        label: 'Stays open',
        hint: 'Before one job is let through to see.',
      },
      {
        path: 'breaker.rampMs',
        kind: 'ms',
        label: 'Ramp',
        hint: 'How long traffic grows from 10 % to all of it after it closed.',
      },
      {
        path: 'breaker.invalidOutputThreshold',
        kind: 'count',
        label: 'Unusable answers',
        hint: 'So many within the window open the circuit, too.',
      },
    ],
  },
  {
    title: 'Local',
    description:
      'The built-in provider stands in when every other has failed; its answers are marked as degraded.',
    fields: [
      {
        path: 'allowDegraded',
        kind: 'switch',
        label: 'May answer',
        hint: 'Where a job does not say itself.',
      },
      { path: 'degradedAfterMs', kind: 'ms', label: 'Steps in after', hint: 'How old a job must be.' },
    ],
  },
];

/** What is kept, how often providers are checked, and how much may wait. */
export const SETTINGS_GROUPS: readonly ConfigGroup[] = [
  {
    title: 'Health checks',
    description: 'They list models, which costs nothing; only deep ones classify a text.',
    fields: [
      {
        path: 'healthCheck.intervalMs',
        kind: 'ms',
        label: 'Every',
        hint: 'Between two checks of a provider.',
      },
      {
        path: 'healthCheck.deepIntervalMs',
        kind: 'ms',
        label: 'Deep check every',
        hint: '0 means on demand only; each costs a call.',
      },
      {
        path: 'healthCheck.timeoutMs',
        kind: 'ms',
        label: 'At most',
        hint: 'A check that takes longer is over, and says so.',
      },
      {
        path: 'healthCheck.unhealthyAfter',
        kind: 'count',
        label: 'Down after',
        hint: 'Bad checks in a row.',
      },
      {
        path: 'healthCheck.healthyAfter',
        kind: 'count',
        label: 'Healthy after',
        hint: 'Good checks in a row.',
      },
    ],
  },
  {
    title: 'Retention',
    description: 'What is older is removed for good.',
    isAdminOnly: true,
    fields: [
      {
        path: 'retention.textDays',
        kind: 'days',
        label: 'Texts',
        hint: 'After the end of their job; 0 removes a text with it.',
      },
      {
        path: 'retention.jobDays',
        kind: 'days',
        label: 'Jobs',
        hint: 'With their attempts, failovers, deliveries and batches.',
      },
      {
        path: 'retention.healthDays',
        kind: 'days',
        label: 'Health checks',
        hint: 'The history of each provider.',
      },
    ],
  },
  {
    title: 'Backlog',
    description: 'Beyond it new jobs are refused, and told when to come again.',
    isAdminOnly: true,
    fields: [
      { path: 'maxWaitingJobs', kind: 'count', label: 'Most waiting jobs', hint: 'Over all clients.' },
    ],
  },
];
