import type { ProviderType } from '@understudy/shared/contracts/provider';

export interface NumberField {
  /** Where the API reports a fault of it. */
  pointer: string;
  label: string;
  hint: string;
  unit?: string;
  /** What a new provider starts with; empty means "none". */
  initial: string;
  /** Whether an empty field means "none"; the others fall back to their initial value. */
  isOptional: boolean;
  isRemoteOnly: boolean;
}

/** Every number of a provider, as the form asks for it. */
export const NUMBER_FIELDS = {
  priority: {
    pointer: '/priority',
    label: 'Priority',
    hint: 'Lower is tried first.',
    initial: '50',
    isOptional: false,
    isRemoteOnly: false,
  },
  timeoutMs: {
    pointer: '/configuration/timeoutMs',
    label: 'Time-out',
    hint: 'For the whole answer of one attempt.',
    unit: 'ms',
    initial: '10000',
    isOptional: false,
    isRemoteOnly: false,
  },
  maxConcurrency: {
    pointer: '/configuration/maxConcurrency',
    label: 'Calls at once',
    hint: 'Over all workers.',
    initial: '16',
    isOptional: false,
    isRemoteOnly: false,
  },
  rateLimit: {
    pointer: '/rateLimit',
    label: 'Requests a minute',
    hint: 'Jobs over the limit wait; empty means no limit.',
    initial: '',
    isOptional: true,
    isRemoteOnly: false,
  },
  tokensPerMinute: {
    pointer: '/configuration/tokensPerMinute',
    label: 'Tokens a minute',
    hint: 'Empty means no limit.',
    initial: '',
    isOptional: true,
    isRemoteOnly: true,
  },
  weight: {
    pointer: '/configuration/weight',
    label: 'Weight',
    hint: 'Its share under the weighted strategy.',
    initial: '1',
    isOptional: false,
    isRemoteOnly: true,
  },
  inputPrice: {
    pointer: '/configuration/price/inputUsdPerMillion',
    label: 'Input price',
    hint: 'Instead of the packaged price list.',
    unit: '$ per million',
    initial: '',
    isOptional: true,
    isRemoteOnly: true,
  },
  outputPrice: {
    pointer: '/configuration/price/outputUsdPerMillion',
    label: 'Output price',
    hint: 'Give both prices or neither.',
    unit: '$ per million',
    initial: '',
    isOptional: true,
    isRemoteOnly: true,
  },
  monthlyBudgetUsd: {
    pointer: '/configuration/monthlyBudgetUsd',
    label: 'Budget a month',
    hint: 'No call is made that could overspend it; needs a known price.',
    unit: '$',
    initial: '',
    isOptional: true,
    isRemoteOnly: true,
  },
  maxOutputTokens: {
    pointer: '/configuration/maxOutputTokens',
    label: 'Most output tokens',
    hint: 'An answer cut at this limit counts as failed.',
    initial: '512',
    isOptional: false,
    isRemoteOnly: true,
  },
  contextWindow: {
    pointer: '/configuration/contextWindow',
    label: 'Context window',
    hint: 'In tokens; empty takes the catalogue’s.',
    unit: 'tokens',
    initial: '',
    isOptional: true,
    isRemoteOnly: true,
  },
} as const satisfies Record<string, NumberField>;

export type NumberFieldName = keyof typeof NUMBER_FIELDS;

export const NUMBER_FIELD_NAMES = Object.keys(NUMBER_FIELDS) as NumberFieldName[];

/** Whether a provider of this type has the field at all. */
export function hasField(type: ProviderType, name: NumberFieldName): boolean {
  return type !== 'local' || !NUMBER_FIELDS[name].isRemoteOnly;
}
