import type * as z from 'zod/mini';
import type {
  HealthCheckAccepted,
  healthCheckInput,
  HealthSummary,
  ProviderHealthDetail,
} from '../contracts/health.ts';
import type { Provider, providerInput, ProviderOffers, ProviderTestResult } from '../contracts/provider.ts';
import type { repriceInput, RepriceResult } from '../contracts/reprice.ts';
import type { ProviderUsage } from '../contracts/usage.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import { readCsv } from './read-csv.ts';
import type { Transport } from './transport.ts';

/** A provider as one writes it. In a `replace`, an absent `apiKey` keeps the stored one and `null` removes it. */
export type NewProvider = z.input<typeof providerInput>;

/** From inclusive, to exclusive, RFC 3339; the API has a default for each. */
export interface TimeRange {
  from?: string | undefined;
  to?: string | undefined;
}

export interface UsageRange extends TimeRange {
  interval?: 'hour' | 'day' | undefined;
  model?: string | undefined;
  client?: string | undefined;
}

/** What to change of a provider (JSON Merge Patch, RFC 7396): null sets a field back to its default. */
export interface ProviderPatch {
  name?: string;
  enabled?: boolean;
  priority?: number | null;
  rateLimit?: number | null;
  baseUrl?: string | null;
  apiKey?: string | null;
  configuration?: Readonly<Record<string, unknown>>;
}

export interface ReplaceOptions extends CallOptions {
  /** The `etag` that `read` gave: the write is refused (412 `stale`) if somebody changed the provider since. */
  ifMatch?: string | null | undefined;
}

/** `id` is a provider's id or its name throughout. */
export function createProviders(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Provider>>('GET', '/api/providers', { query: { ...query }, signal })).value,
    /** The provider with the tag of its revision, for a guarded `replace`. */
    read: async (id: string, { signal }: CallOptions = {}) => {
      const { value, headers } = await send<Provider>('GET', toPath(id), { signal });
      return { provider: value, etag: headers.get('ETag') };
    },
    create: async (provider: NewProvider, { signal }: CallOptions = {}) =>
      (await send<Provider>('POST', '/api/providers', { body: provider, signal })).value,
    replace: async (id: string, provider: NewProvider, { ifMatch, signal }: ReplaceOptions = {}) => {
      const headers = { 'If-Match': ifMatch ?? undefined };
      return (await send<Provider>('PUT', toPath(id), { body: provider, headers, signal })).value;
    },
    /** Changes only what the patch names. */
    update: async (id: string, patch: ProviderPatch, { ifMatch, signal }: ReplaceOptions = {}) => {
      const headers = { 'If-Match': ifMatch ?? undefined };
      return (await send<Provider>('PATCH', toPath(id), { body: patch, headers, signal })).value;
    },
    remove: async (id: string, { signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', toPath(id), { signal });
    },
    /** Closes its circuit, ends its cooldown and takes its flag away, everywhere within a second. */
    reset: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Provider>('POST', `${toPath(id)}/reset`, { signal })).value,
    /** Calls the provider now, apart from real traffic; never over 5 s. */
    test: async (id: string, { signal }: CallOptions = {}) =>
      (await send<ProviderTestResult>('POST', `${toPath(id)}/test`, { signal })).value,
    /** The same for a provider that is not saved. What it cost stands in the result only. */
    testUnsaved: async (provider: NewProvider, { signal }: CallOptions = {}) =>
      (await send<ProviderTestResult>('POST', '/api/providers/test', { body: provider, signal })).value,
    /** The latest health of each; with `slots` also 90 slots of the last 24 hours. */
    health: async ({ slots }: { slots?: boolean } = {}, { signal }: CallOptions = {}) =>
      (await send<HealthSummary>('GET', '/api/providers/health', { query: { slots }, signal })).value,
    healthOf: async (id: string, range: TimeRange = {}, { signal }: CallOptions = {}) =>
      (await send<ProviderHealthDetail>('GET', `${toPath(id)}/health`, { query: { ...range }, signal }))
        .value,
    checkHealth: async (
      input: z.input<typeof healthCheckInput> = {},
      options: CallOptions & { waitSeconds?: number | undefined } = {},
    ) => {
      const { waitSeconds, signal } = options;
      const headers = { Prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}` };
      return (
        await send<HealthCheckAccepted>('POST', '/api/providers/health-check', {
          body: input,
          headers,
          signal,
        })
      ).value;
    },
    usage: async (id: string, range: UsageRange = {}, { signal }: CallOptions = {}) =>
      (await send<ProviderUsage>('GET', `${toPath(id)}/usage`, { query: { ...range }, signal })).value,
    /**
     * Prices what was settled in a range again, by the provider's present price; only tells what would change unless
     * `dryRun` is false. The rest, if any, is behind `nextCursor`.
     */
    reprice: async (id: string, input: z.input<typeof repriceInput>, { signal }: CallOptions = {}) =>
      (await send<RepriceResult>('POST', `${toPath(id)}/reprice`, { body: input, signal })).value,
    /** Usage as CSV, with a row per hour or day, model, client and purpose. */
    usageCsv: async (id: string, range: UsageRange = {}, { signal }: CallOptions = {}) =>
      readCsv(send, `${toPath(id)}/usage`, { query: { ...range }, signal }),
    /** Providers that the service's environment holds a key for and that nobody has added yet. */
    offers: async ({ signal }: CallOptions = {}) =>
      (await send<ProviderOffers>('GET', '/api/providers/offers', { signal })).value,
    acceptOffer: async (type: string, { signal }: CallOptions = {}) =>
      (await send<Provider>('POST', `/api/providers/offers/${encodeURIComponent(type)}`, { signal })).value,
  };
}

function toPath(id: string): string {
  return `/api/providers/${encodeURIComponent(id)}`;
}
