import type { ProblemFault } from '@understudy/shared/client/problem-error';
import type { NewProvider } from '@understudy/shared/client/providers';
import type { Provider, ProviderType } from '@understudy/shared/contracts/provider';
import { fromTypedNumber } from '../../format/typed-number.ts';
import {
  hasField,
  NUMBER_FIELD_NAMES,
  NUMBER_FIELDS,
  type NumberField,
  type NumberFieldName,
} from './number-fields.ts';

/** What happens to the stored key on saving. */
export type KeyChange = 'keep' | 'replace' | 'remove';

/** A provider as it stands in the form: what was typed, not yet what it means. */
export interface ProviderDraft {
  type: ProviderType;
  name: string;
  enabled: boolean;
  baseUrl: string;
  model: string;
  keyChange: KeyChange;
  apiKey: string;
  numbers: Record<NumberFieldName, string>;
}

export function createDraft(type: ProviderType): ProviderDraft {
  const numbers = toNumbers((name) => NUMBER_FIELDS[name].initial);
  return { type, name: '', enabled: true, baseUrl: '', model: '', keyChange: 'replace', apiKey: '', numbers };
}

export function toDraft(provider: Provider): ProviderDraft {
  const { configuration } = provider;
  const remote = 'model' in configuration ? configuration : null;
  const stored: Record<NumberFieldName, number | null | undefined> = {
    priority: provider.priority,
    rateLimit: provider.rateLimit,
    timeoutMs: configuration.timeoutMs,
    maxConcurrency: configuration.maxConcurrency,
    tokensPerMinute: remote?.tokensPerMinute,
    weight: remote?.weight,
    inputPrice: remote?.price?.inputUsdPerMillion,
    outputPrice: remote?.price?.outputUsdPerMillion,
    monthlyBudgetUsd: remote?.monthlyBudgetUsd,
    maxOutputTokens: remote?.maxOutputTokens,
    contextWindow: remote?.contextWindow,
  };
  return {
    type: provider.type,
    name: provider.name,
    enabled: provider.enabled,
    baseUrl: provider.baseUrl ?? '',
    model: remote?.model ?? '',
    keyChange: provider.hasApiKey ? 'keep' : 'replace',
    apiKey: '',
    numbers: toNumbers((name) => toTyped(stored[name])),
  };
}

export type DraftReading = { input: NewProvider; faults: null } | { input: null; faults: ProblemFault[] };

/** What the draft means. Only what is no number at all is refused here; every other rule is the API's. */
export function fromDraft(draft: ProviderDraft): DraftReading {
  const faults: ProblemFault[] = [];
  const read = (name: NumberFieldName): number | null => {
    const { pointer, initial, isOptional, unit }: NumberField = NUMBER_FIELDS[name];
    const typed = draft.numbers[name].trim() || (isOptional ? '' : initial);
    if (typed === '' || !hasField(draft.type, name)) return null;
    const { value, fault } = fromTypedNumber(typed, { isMoney: unit?.startsWith('$') ?? false });
    if (fault === null) return value;
    faults.push({ pointer, detail: fault, code: 'not_a_number' });
    // It is there: null would call a price missing.
    return Number.NaN;
  };
  const numbers = Object.fromEntries(NUMBER_FIELD_NAMES.map((name) => [name, read(name)])) as Record<
    NumberFieldName,
    number | null
  >;
  const { inputPrice, outputPrice } = numbers;
  if ((inputPrice === null) !== (outputPrice === null)) {
    const { pointer } = NUMBER_FIELDS[inputPrice === null ? 'inputPrice' : 'outputPrice'];
    faults.push({ pointer, detail: 'give both prices or neither', code: 'incomplete' });
  }
  return faults.length > 0 ? { input: null, faults } : { input: toInput(draft, numbers), faults: null };
}

function toInput(draft: ProviderDraft, numbers: Record<NumberFieldName, number | null>): NewProvider {
  const required = (name: NumberFieldName) => numbers[name] ?? Number(NUMBER_FIELDS[name].initial);
  const common = {
    name: draft.name.trim(),
    enabled: draft.enabled,
    priority: required('priority'),
    rateLimit: numbers.rateLimit,
  };
  const limits = { timeoutMs: required('timeoutMs'), maxConcurrency: required('maxConcurrency') };
  if (draft.type === 'local') return { ...common, type: draft.type, configuration: limits };
  const { inputPrice, outputPrice } = numbers;
  const configuration = {
    model: draft.model.trim(),
    ...limits,
    tokensPerMinute: numbers.tokensPerMinute,
    weight: required('weight'),
    monthlyBudgetUsd: numbers.monthlyBudgetUsd,
    price:
      inputPrice === null || outputPrice === null
        ? null
        : { inputUsdPerMillion: inputPrice, outputUsdPerMillion: outputPrice },
    maxOutputTokens: required('maxOutputTokens'),
    contextWindow: numbers.contextWindow,
  };
  const remote = { ...common, ...toKey(draft), configuration };
  const baseUrl = draft.baseUrl.trim();
  if (draft.type === 'openai-compatible') return { ...remote, type: draft.type, baseUrl };
  return { ...remote, type: draft.type, baseUrl: baseUrl || null };
}

/** An absent key keeps the stored one; nothing typed into a new field is no key. */
function toKey({ keyChange, apiKey }: ProviderDraft): { apiKey?: string | null } {
  if (keyChange === 'remove') return { apiKey: null };
  const typed = apiKey.trim();
  return keyChange === 'replace' && typed !== '' ? { apiKey: typed } : {};
}

function toNumbers(read: (name: NumberFieldName) => string): Record<NumberFieldName, string> {
  return Object.fromEntries(NUMBER_FIELD_NAMES.map((name) => [name, read(name)])) as Record<
    NumberFieldName,
    string
  >;
}

function toTyped(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
