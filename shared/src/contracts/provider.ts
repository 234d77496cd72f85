import * as z from 'zod/mini';
import { boundedInt, boundedString, isoTime, pageOf, pageQuery, usd } from './primitives.ts';

export const PROVIDER_TYPES = ['openai', 'anthropic', 'openai-compatible', 'local'] as const;
export const providerType = z.enum(PROVIDER_TYPES);
export type ProviderType = z.infer<typeof providerType>;

/** What `local` calls its model, which nobody configures; its number rises when its answers change. */
export const LOCAL_MODEL = 'label-match-1';

/** Path segments under `/api/providers` and under one of them, which therefore cannot be names. */
const RESERVED_NAMES = new Set([
  'health',
  'status',
  'config',
  'test',
  'reset',
  'usage',
  'failover',
  'health-check',
  'offers',
]);

const ID = /^prv_[0-9a-z]{26}$/i;

export const providerName = z.string().check(
  z.regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1-64 of A-Z a-z 0-9 . _ -'),
  z.refine(
    (name) => !RESERVED_NAMES.has(name.toLowerCase()) && name !== '.' && name !== '..',
    'is taken by the API itself',
  ),
);

/** A key goes into an HTTP header as it stands: printable ASCII only. */
export const apiKey = z
  .string()
  .check(
    z.minLength(8),
    z.maxLength(1_000),
    z.regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces'),
  );

/** Where a provider is; whether it may be called the verb decides. */
export const baseUrl = z.string().check(
  z.maxLength(500),
  z.refine((value) => {
    const url = URL.parse(value);
    return (
      url !== null &&
      /^https?:$/.test(url.protocol) &&
      !url.username &&
      !url.password &&
      !url.search &&
      !url.hash
    );
  }, 'must be an http or https address without user, query or fragment'),
  z.refine((value) => !/\/v1\/+v1(\/|$)/.test(URL.parse(value)?.pathname ?? ''), 'has /v1 twice'),
);

const price = z.strictObject({
  inputUsdPerMillion: usd.check(z.lte(100_000)),
  outputUsdPerMillion: usd.check(z.lte(100_000)),
});

/** The longest that a call may take. */
export const MAX_TIMEOUT_MS = 300_000;

const limits = {
  timeoutMs: z._default(boundedInt(250, MAX_TIMEOUT_MS), 10_000),
  maxConcurrency: z._default(boundedInt(1, 10_000), 16),
};

const remoteConfiguration = z.strictObject({
  model: boundedString(1, 200),
  ...limits,
  tokensPerMinute: z._default(z.nullable(boundedInt(1, 1_000_000_000)), null),
  weight: z._default(z.number().check(z.gte(0), z.lte(1_000)), 1),
  monthlyBudgetUsd: z._default(z.nullable(usd.check(z.lte(1_000_000_000))), null),
  price: z._default(z.nullable(price), null),
  maxOutputTokens: z._default(boundedInt(16, 100_000), 512),
  contextWindow: z._default(z.nullable(boundedInt(256, 100_000_000)), null),
});
export type RemoteConfiguration = z.infer<typeof remoteConfiguration>;

const localConfiguration = z.strictObject(limits);

const common = {
  // By an id one that was deleted is meant as well.
  name: providerName.check(z.refine((name) => !ID.test(name), 'must not look like an id')),
  enabled: z._default(z.boolean(), true),
  priority: z._default(boundedInt(0, 1_000), 50),
  rateLimit: z._default(z.nullable(boundedInt(1, 10_000_000)), null),
};
const absentKey = z.optional(z.null());
const absentUrl = z._default(z.null(), null);

/**
 * Body of `POST` and `PUT`, validated per type. In a PUT an absent `apiKey` keeps the stored one and `null`
 * removes it, so a key that a type needs is demanded by the verb, which knows what is stored.
 */
export const providerInput = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('openai'),
    apiKey: z.optional(z.nullable(apiKey)),
    baseUrl: z._default(z.nullable(baseUrl), null),
    configuration: remoteConfiguration,
  }),
  z.strictObject({
    ...common,
    type: z.literal('anthropic'),
    apiKey: z.optional(z.nullable(apiKey)),
    baseUrl: z._default(z.nullable(baseUrl), null),
    configuration: remoteConfiguration,
  }),
  z.strictObject({
    ...common,
    type: z.literal('openai-compatible'),
    apiKey: z.optional(z.nullable(apiKey)),
    baseUrl,
    configuration: remoteConfiguration,
  }),
  z.strictObject({
    ...common,
    type: z.literal('local'),
    apiKey: absentKey,
    baseUrl: absentUrl,
    configuration: z._default(localConfiguration, { timeoutMs: 10_000, maxConcurrency: 16 }),
  }),
]);
export type ProviderInput = z.infer<typeof providerInput>;

export const healthStatus = z.enum(['healthy', 'degraded', 'down', 'unknown']);
export type HealthStatus = z.infer<typeof healthStatus>;

export const circuitState = z.enum(['closed', 'open', 'half-open', 'ramping']);
export type CircuitState = z.infer<typeof circuitState>;

export const providerFlag = z.enum(['unauthenticated', 'forbidden', 'quota', 'budget']);
export type ProviderFlag = z.infer<typeof providerFlag>;

/** What is known of a provider now, beside its configuration. */
export const providerStatus = z.object({
  health: healthStatus,
  circuit: circuitState,
  cooldownUntil: z.nullable(isoTime),
  flagged: z.nullable(providerFlag),
});
export type ProviderStatus = z.infer<typeof providerStatus>;

export const provider = z.object({
  id: z.string(),
  name: z.string(),
  type: providerType,
  hasApiKey: z.boolean(),
  apiKeyLast4: z.nullable(z.string()),
  baseUrl: z.nullable(z.string()),
  enabled: z.boolean(),
  priority: z.int(),
  rateLimit: z.nullable(z.int()),
  configuration: z.union([remoteConfiguration, localConfiguration]),
  createdAt: isoTime,
  updatedAt: isoTime,
  status: providerStatus,
});
export type Provider = z.infer<typeof provider>;

export const providerPage = pageOf(provider);
export const providerQuery = z.strictObject(pageQuery);

/** What a test found out; 200 whenever the test itself could run. */
export const providerTestResult = z.object({
  ok: z.boolean(),
  latencyMs: z.number(),
  models: z.nullable(z.array(z.string())),
  sample: z.nullable(z.object({ label: z.string(), confidence: z.number() })),
  fault: z.nullable(z.string()),
  message: z.nullable(z.string()),
  costUsd: z
    .nullable(z.number())
    .check(z.describe('What the sample cost; null where none was asked for, or no price is known.')),
  pricing: z.nullable(z.enum(['priced', 'free', 'estimated', 'unpriced', 'partial'])),
});
export type ProviderTestResult = z.infer<typeof providerTestResult>;

/** A provider that the environment holds a key for and that nobody has added yet. */
export const providerOffers = z.object({
  data: z.array(z.object({ type: z.enum(['openai', 'anthropic']), name: z.string(), model: z.string() })),
});
export type ProviderOffers = z.infer<typeof providerOffers>;
