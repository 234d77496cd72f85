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
import {
  toEtagged,
  toIfMatch,
  toPrefer,
  type CallOptions,
  type GuardedCall,
  type WaitingCall,
} from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { readCsv } from './read-csv.ts';
import { valueOf, type Transport } from './transport.ts';

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

/** `id` is a provider's id or its name throughout. */
export function createProviders(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Provider>>('GET', '/api/providers', { query: { ...query }, signal })),
    /** The provider with the tag of its revision, for a guarded `replace`. */
    read: async (id: string, { signal }: CallOptions = {}) =>
      toEtagged('provider', send<Provider>('GET', toPath(id), { signal })),
    create: async (provider: NewProvider, { signal }: CallOptions = {}) =>
      valueOf(send<Provider>('POST', '/api/providers', { body: provider, signal })),
    replace: async (id: string, provider: NewProvider, { ifMatch, signal }: GuardedCall = {}) => {
      const headers = toIfMatch(ifMatch);
      return valueOf(send<Provider>('PUT', toPath(id), { body: provider, headers, signal }));
    },
    /** Changes only what the patch names. */
    update: async (id: string, patch: ProviderPatch, { ifMatch, signal }: GuardedCall = {}) => {
      const headers = toIfMatch(ifMatch);
      return valueOf(send<Provider>('PATCH', toPath(id), { body: patch, headers, signal }));
    },
    remove: async (id: string, { signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', toPath(id), { signal });
    },
    /** Closes its circuit, ends its cooldown and takes its flag away, everywhere within a second. */
    reset: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Provider>('POST', `${toPath(id)}/reset`, { signal })),
    /** Calls the provider now, apart from real traffic; never over 5 s. */
    test: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<ProviderTestResult>('POST', `${toPath(id)}/test`, { signal })),
    /** The same for a provider that is not saved. What it cost stands in the result only. */
    testUnsaved: async (provider: NewProvider, { signal }: CallOptions = {}) =>
      valueOf(send<ProviderTestResult>('POST', '/api/providers/test', { body: provider, signal })),
    /** The latest health of each; with `slots` also 90 slots of the last 24 hours. */
    health: async ({ slots }: { slots?: boolean } = {}, { signal }: CallOptions = {}) =>
      valueOf(send<HealthSummary>('GET', '/api/providers/health', { query: { slots }, signal })),
    healthOf: async (id: string, range: TimeRange = {}, { signal }: CallOptions = {}) =>
      valueOf(send<ProviderHealthDetail>('GET', `${toPath(id)}/health`, { query: { ...range }, signal })),
    checkHealth: async (
      input: z.input<typeof healthCheckInput> = {},
      { waitSeconds, signal }: WaitingCall = {},
    ) => {
      const headers = toPrefer(waitSeconds);
      return valueOf(
        send<HealthCheckAccepted>('POST', '/api/providers/health-check', { body: input, headers, signal }),
      );
    },
    usage: async (id: string, range: UsageRange = {}, { signal }: CallOptions = {}) =>
      valueOf(send<ProviderUsage>('GET', `${toPath(id)}/usage`, { query: { ...range }, signal })),
    /**
     * Prices what was settled in a range again, by the provider's present price; only tells what would change unless
     * `dryRun` is false. The rest, if any, is behind `nextCursor`.
     */
    reprice: async (id: string, input: z.input<typeof repriceInput>, { signal }: CallOptions = {}) =>
      valueOf(send<RepriceResult>('POST', `${toPath(id)}/reprice`, { body: input, signal })),
    /** Usage as CSV, with a row per hour or day, model, client and purpose. */
    usageCsv: async (id: string, range: UsageRange = {}, { signal }: CallOptions = {}) =>
      readCsv(send, `${toPath(id)}/usage`, { query: { ...range }, signal }),
    /** Providers that the service's environment holds a key for and that nobody has added yet. */
    offers: async ({ signal }: CallOptions = {}) =>
      valueOf(send<ProviderOffers>('GET', '/api/providers/offers', { signal })),
    acceptOffer: async (type: string, { signal }: CallOptions = {}) =>
      valueOf(send<Provider>('POST', `/api/providers/offers/${encodeURIComponent(type)}`, { signal })),
  };
}

function toPath(id: string): string {
  return `/api/providers/${encodeURIComponent(id)}`;
}
