/** A good request of every kind that takes a body; each of its values is a place for a hostile one. */
export interface GoodRequest {
  method: string;
  path: string;
  body: object;
  /** Where null means something; everywhere else it is refused. */
  nullable?: readonly string[];
  /** What it takes goes to a worker, and there is none here. */
  asksWorker?: boolean;
}

const LABELS = [{ name: 'a', description: 'first', examples: ['one'] }, 'b'];

const PROVIDER = {
  name: 'fresh',
  type: 'openai',
  apiKey: 'sk-0123456789abcdef',
  baseUrl: 'https://llm.example.com/v1',
  enabled: true,
  priority: 50,
  rateLimit: 600,
  configuration: {
    model: 'm',
    timeoutMs: 10_000,
    maxConcurrency: 16,
    tokensPerMinute: 100_000,
    weight: 1,
    monthlyBudgetUsd: 10,
    price: { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 },
    maxOutputTokens: 512,
    contextWindow: 8_000,
  },
};
const NULLABLE_OF_PROVIDER = [
  '/baseUrl',
  '/rateLimit',
  '/configuration/tokensPerMinute',
  '/configuration/monthlyBudgetUsd',
  '/configuration/price',
  '/configuration/contextWindow',
];

export const GOOD_REQUESTS: readonly GoodRequest[] = [
  {
    method: 'POST',
    path: '/api/classifications',
    body: {
      text: 'a text',
      labels: LABELS,
      instructions: 'be kind',
      multiLabel: true,
      threshold: 0.5,
      explain: true,
      priority: 5,
      deadlineMs: 60_000,
      providers: ['local'],
      allowDegraded: true,
      metadata: { ticket: '42' },
      webhookUrl: 'https://hooks.example.com/x',
    },
    nullable: ['/instructions', '/threshold', '/providers', '/webhookUrl'],
  },
  {
    method: 'POST',
    path: '/api/classifications',
    body: { text: 'a text', classifier: { name: 'kept', version: 1 } },
  },
  {
    method: 'POST',
    path: '/api/classifications/bulk',
    body: {
      action: 'cancel',
      filter: {
        state: ['failed'],
        label: ['a'],
        provider: 'main',
        classifier: 'kept',
        client: 'default',
        batchId: 'bat_1',
        errorCode: 'cancelled',
        fault: 'network',
        degraded: true,
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        'metadata.ticket': '42',
      },
      dryRun: true,
    },
  },
  {
    method: 'PUT',
    path: '/api/classifications/job_none/correction',
    body: { labels: ['a'] },
  },
  {
    method: 'POST',
    path: '/api/classifiers',
    body: { name: 'fresh', labels: LABELS, instructions: 'be kind', multiLabel: true, threshold: 0.5 },
    nullable: ['/instructions', '/threshold'],
  },
  {
    method: 'PUT',
    path: '/api/classifiers/kept',
    body: { name: 'kept', labels: LABELS, instructions: 'be kind', multiLabel: true, threshold: 0.5 },
    nullable: ['/instructions', '/threshold'],
  },
  { method: 'POST', path: '/api/providers', body: PROVIDER, nullable: NULLABLE_OF_PROVIDER },
  {
    method: 'POST',
    path: '/api/providers/test',
    body: PROVIDER,
    nullable: NULLABLE_OF_PROVIDER,
    asksWorker: true,
  },
  {
    method: 'POST',
    path: '/api/providers/priced/reprice',
    body: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', model: 'm', dryRun: true },
  },
  {
    method: 'POST',
    path: '/api/classifiers/kept/evaluate',
    body: { samples: [{ text: 'a text', label: 'a' }], providers: ['local'] },
    nullable: ['/providers'],
  },
  {
    method: 'POST',
    path: '/api/providers/config',
    body: {
      strategy: 'priority',
      failoverEnabled: true,
      dispatchBudgetMs: 30_000,
      breaker: { failureThreshold: 5, failureRatio: 0.5 },
      healthCheck: { intervalMs: 30_000 },
      retention: { textDays: 30 },
    },
  },
  {
    method: 'POST',
    path: '/api/providers/health-check',
    body: { providerIds: ['prv_none'], deep: true },
  },
  {
    method: 'POST',
    path: '/api/providers/failover',
    body: { providerId: 'prv_none', fault: 'network', text: 'a text', labels: LABELS },
  },
  {
    method: 'POST',
    path: '/api/webhooks',
    body: {
      url: 'https://hooks.example.com/x',
      events: ['classification.succeeded'],
      description: 'mine',
      enabled: true,
    },
    nullable: ['/description'],
  },
  {
    method: 'POST',
    path: '/api/tokens',
    body: {
      name: 'fresh',
      client: 'upstream',
      scopes: ['jobs:read'],
      expiresAt: '2099-01-01T00:00:00Z',
      requestsPerMinute: 60,
    },
    nullable: ['/expiresAt', '/requestsPerMinute'],
  },
  { method: 'POST', path: '/api/session', body: { token: 'ust_0123456789012345678901234567890123' } },
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a body, as JSON pointers; a list's elements and an object's members included. */
export function listPlaces(body: object): string[] {
  const within = (value: Json, pointer: string): string[] => [
    pointer,
    ...(typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) => within(member, `${pointer}/${key}`))
      : []),
  ];
  return within(body as Json, '').slice(1);
}

/** A copy of the body as JSON with the value at one place exchanged; what is put in stands there as it is written. */
export function putAt(body: object, pointer: string, json: string): string {
  const path = pointer.split('/').slice(1);
  const HERE = '@@here@@';
  const exchange = (value: Json, [key, ...rest]: string[]): Json => {
    if (key === undefined) return HERE;
    if (Array.isArray(value)) {
      return value.map((member, index) => (String(index) === key ? exchange(member, rest) : member));
    }
    const object = value as Record<string, Json>;
    return { ...object, [key]: exchange(object[key] ?? null, rest) };
  };
  return JSON.stringify(exchange(body as Json, path)).replace(`"${HERE}"`, () => json);
}
