import type { ProviderInput } from '@understudy/shared/contracts/provider';
import { ValidationError } from '@understudy/shared/errors';
import { toApiKeyPlace, type ProviderDocument } from '@understudy/shared/store/providers/model';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { toLast4 } from './to-provider.ts';

type KeyFields = Pick<ProviderDocument, 'apiKey' | 'apiKeyLast4'>;

/** A job lives for a week at most: hardly any names a provider that was renamed more often since. */
const MAX_FORMER_NAMES = 20;

/** Types whose vendor answers nobody without a key. */
const NEEDS_KEY: ReadonlySet<ProviderInput['type']> = new Set(['openai', 'anthropic']);

/** A new provider's document. @throws {ValidationError} where its type needs a key, or its budget a price, and it has none. */
export function toNewDocument(
  keyRing: KeyRing,
  id: string,
  input: ProviderInput,
  now: Date,
): ProviderDocument {
  const key = toKeyFields(keyRing, id, input.apiKey ?? null);
  assertKeyed(input, key);
  assertPriced(input);
  return { _id: id, ...toSettings(input), ...key, ...FRESH, createdAt: now, updatedAt: now };
}

/**
 * The document's next revision by a PUT: an absent key keeps the stored one, null removes it.
 * @throws {ValidationError} where a needed key is missing, or a stored one would go to another address than it
 * was given for: whoever may edit a provider must not thereby read its key.
 */
export function toNextDocument(
  keyRing: KeyRing,
  current: ProviderDocument,
  input: ProviderInput,
  now: Date,
): ProviderDocument {
  const keeps = input.apiKey === undefined;
  const moved = isMoved(current, input);
  if (keeps && moved && current.apiKey !== null) {
    refuseKey('must be given again, or removed by null, when type or baseUrl changes');
  }
  const key = keeps
    ? { apiKey: current.apiKey, apiKeyLast4: current.apiKeyLast4 }
    : toKeyFields(keyRing, current._id, input.apiKey ?? null);
  assertKeyed(input, key);
  assertPriced(input);
  const isMended = moved || key.apiKey !== current.apiKey;
  return {
    ...current,
    ...toSettings(input),
    ...key,
    formerNames: toFormerNames(current, input.name),
    flagged: isMended ? null : current.flagged,
    resetAt: isMended || toModel(input) !== toModel(current) ? toResetAt(current, now) : current.resetAt,
    revision: current.revision + 1,
    updatedAt: now,
  };
}

/** The document of a provider that starts anew, as it is otherwise. */
export function toReset(current: ProviderDocument, now: Date): ProviderDocument {
  return { ...current, flagged: null, resetAt: toResetAt(current, now), revision: current.revision + 1 };
}

/** What stays of a deleted provider: its name and numbers for the records, but no key. */
export function toTombstone(current: ProviderDocument, now: Date): ProviderDocument {
  return {
    ...current,
    nameKey: null,
    apiKey: null,
    apiKeyLast4: null,
    enabled: false,
    flagged: null,
    revision: current.revision + 1,
    updatedAt: now,
    deletedAt: now,
  };
}

const FRESH = { flagged: null, resetAt: null, revision: 1, deletedAt: null } as const;

/** Later than the time before, whoever's clock that was. */
function toResetAt({ resetAt }: ProviderDocument, now: Date): Date {
  return new Date(Math.max(now.getTime(), (resetAt?.getTime() ?? 0) + 1));
}

function isMoved(current: ProviderDocument, { type, baseUrl }: ProviderInput): boolean {
  return type !== current.type || toAddress(baseUrl) !== toAddress(current.baseUrl);
}

function toModel({ configuration }: Pick<ProviderInput, 'configuration'>): string | null {
  return 'model' in configuration ? configuration.model : null;
}

function toSettings({ name, type, baseUrl, enabled, priority, rateLimit, configuration }: ProviderInput) {
  const nameKey = name.toLowerCase();
  return { name, nameKey, type, baseUrl, enabled, priority, rateLimit, configuration };
}

/** What it was named until now, without the name that it gets. */
function toFormerNames({ name, formerNames = [] }: ProviderDocument, nextName: string): string[] {
  const next = nextName.toLowerCase();
  const names = new Set([...formerNames, name.toLowerCase()]);
  names.delete(next);
  return [...names].slice(-MAX_FORMER_NAMES);
}

function toKeyFields(keyRing: KeyRing, id: string, apiKey: string | null): KeyFields {
  return {
    apiKey: apiKey === null ? null : keyRing.encrypt(apiKey, toApiKeyPlace(id)),
    apiKeyLast4: toLast4(apiKey),
  };
}

function assertKeyed({ type }: ProviderInput, { apiKey }: KeyFields): void {
  if (apiKey === null && NEEDS_KEY.has(type)) refuseKey(`is required for ${type}`);
}

/** What has no price in the catalogue cannot be held to a budget without one of the operator's. */
function assertPriced({ type, configuration }: ProviderInput): void {
  if (type !== 'openai-compatible' || !('monthlyBudgetUsd' in configuration)) return;
  if (configuration.monthlyBudgetUsd === null || configuration.price !== null) return;
  const detail = 'is required for a monthly budget: no catalogue knows what this server costs';
  throw new ValidationError([{ pointer: '/configuration/price', detail, code: 'required' }]);
}

function refuseKey(detail: string): never {
  throw new ValidationError([{ pointer: '/apiKey', detail, code: 'required' }]);
}

/** Addresses that differ only in spelling are one. */
function toAddress(baseUrl: string | null): string | null {
  return baseUrl === null ? null : (URL.parse(baseUrl)?.href.replace(/\/+$/, '') ?? baseUrl);
}
