import { PROVIDER_TYPES, providerInput, type Provider } from '@understudy/shared/contracts/provider';
import { describe, expect, it } from 'vitest';
import { createDraft, fromDraft, toDraft, type ProviderDraft } from './provider-draft.ts';

function setup(changes: Partial<ProviderDraft> = {}): ProviderDraft {
  return { ...createDraft('openai'), name: 'main', model: 'm1', apiKey: 'sk-12345678', ...changes };
}

function read(draft: ProviderDraft) {
  const { input } = fromDraft(draft);
  if (!input) throw new Error('The draft has faults.');
  return providerInput.parse(input);
}

describe('a new draft', () => {
  it.each(PROVIDER_TYPES)('of type %s means what the contract has as defaults', (type) => {
    const draft = { ...createDraft(type), name: 'a', model: 'm1', baseUrl: 'https://x.test/v1' };
    const configuration = type === 'local' ? {} : { model: 'm1' };
    const address = type === 'local' ? {} : { baseUrl: 'https://x.test/v1' };
    expect(read(draft)).toEqual(providerInput.parse({ type, name: 'a', configuration, ...address }));
  });
});

describe('fromDraft', () => {
  it('reads numbers, and empty ones as none or as their default', () => {
    const draft = setup();
    Object.assign(draft.numbers, {
      rateLimit: ' 60 ',
      tokensPerMinute: '200,000',
      timeoutMs: '',
      monthlyBudgetUsd: '$1,250.50',
      inputPrice: '0.15',
      outputPrice: '0.6',
    });
    expect(read(draft)).toMatchObject({
      rateLimit: 60,
      configuration: {
        tokensPerMinute: 200_000,
        timeoutMs: 10_000,
        monthlyBudgetUsd: 1_250.5,
        price: { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6 },
      },
    });
  });

  it.each(['many', '1e3', '0x10', 'Infinity', '10,00', '$5', '1.'])(
    'refuses %j as a number at its field',
    (typed) => {
      const draft = setup();
      draft.numbers.priority = typed;
      expect(fromDraft(draft).faults).toMatchObject([{ pointer: '/priority' }]);
    },
  );

  it('asks for the price that is missing', () => {
    const draft = setup();
    draft.numbers.outputPrice = '1';
    expect(fromDraft(draft).faults).toMatchObject([{ pointer: '/configuration/price/inputUsdPerMillion' }]);
  });

  it('does not call a price missing that is there, but no number', () => {
    const draft = setup();
    Object.assign(draft.numbers, { inputPrice: '0,15', outputPrice: '0.6' });
    expect(fromDraft(draft).faults).toMatchObject([{ code: 'not_a_number' }]);
  });

  it('ignores what is typed in fields that the type does not have', () => {
    const draft = setup({ type: 'local', baseUrl: 'left over' });
    draft.numbers.weight = 'left over';
    expect(read(draft)).not.toHaveProperty('configuration.weight');
  });
});

describe('the key', () => {
  it.each([
    ['keep', 'sk-typed-and-abandoned', undefined],
    ['replace', ' sk-12345678 ', 'sk-12345678'],
    ['replace', '', undefined],
    ['remove', '', null],
  ] as const)('with %s and %j is sent as %j', (keyChange, apiKey, sent) => {
    const { input } = fromDraft(setup({ keyChange, apiKey }));
    expect(input && 'apiKey' in input ? input.apiKey : undefined).toBe(sent);
  });
});

it('gives back a stored provider unchanged', () => {
  const stored = {
    type: 'openai-compatible',
    name: 'spare',
    enabled: false,
    priority: 0,
    rateLimit: null,
    baseUrl: 'http://127.0.0.1:8080/v1',
    configuration: {
      model: 'm2',
      timeoutMs: 2_000,
      maxConcurrency: 1,
      tokensPerMinute: 5_000,
      weight: 0,
      monthlyBudgetUsd: 0,
      price: null,
      maxOutputTokens: 64,
      contextWindow: 4_096,
    },
  } as const;
  const provider = { ...stored, hasApiKey: true, apiKeyLast4: '1234' } as unknown as Provider;
  expect(read(toDraft(provider))).toEqual(stored);
});
