import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type PriceRequest, priceAttempt } from './pricing.ts';

const usageOf = (inputTokens: number, outputTokens: number, cachedInputTokens = 0) => ({
  inputTokens,
  outputTokens,
  cachedInputTokens,
});

const price = (more: Partial<PriceRequest>) =>
  priceAttempt({
    type: 'openai',
    model: 'gpt-4o-mini',
    usage: usageOf(1_000, 100),
    override: null,
    at: new Date('2026-01-15T00:00:00Z'),
    ...more,
  });

describe('priceAttempt', () => {
  it('prices a model by the packaged catalogue', () => {
    // 0.15 and 0.60 dollars per million tokens: 150 and 600 nano-dollars a token.
    expect(price({})).toEqual({
      costNanoUsd: 1_000 * 150 + 100 * 600,
      pricing: 'priced',
      priceVersion: 'genai-prices@0.1.8',
    });
  });

  it('knows a dated model', () => {
    expect(price({ model: 'gpt-4o-mini-2024-07-18' }).costNanoUsd).toBe(210_000);
  });

  it('prices cached tokens as such', () => {
    const usage = usageOf(1_000, 100, 400);
    expect(price({ usage }).costNanoUsd).toBe(600 * 150 + 400 * 75 + 100 * 600);
    const anthropic = price({ type: 'anthropic', model: 'claude-haiku-4-5', usage });
    expect(anthropic.costNanoUsd).toBe(600 * 1_000 + 400 * 100 + 100 * 5_000);
  });

  it("puts the operator's price first", () => {
    const override = { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 };
    const expected = { costNanoUsd: 140_000, pricing: 'priced', priceVersion: 'override:0.1/0.4' };
    expect(price({ override })).toEqual(expected);
    expect(price({ override, type: 'openai-compatible', model: 'mine' })).toEqual(expected);
    expect(price({ override, usage: usageOf(1_000, 100, 900) })).toEqual(expected);
  });

  it('takes an operator at his word that a model costs nothing', () => {
    const override = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
    expect(price({ override })).toMatchObject({ costNanoUsd: 0, pricing: 'priced' });
  });

  it('is always a whole number', () => {
    const override = { inputUsdPerMillion: 0.000_1, outputUsdPerMillion: 0.333_333 };
    const { costNanoUsd } = price({ override, usage: usageOf(7, 1) });
    expect(costNanoUsd).toBe(334);
  });

  it.each([
    { model: 'a-model-that-nobody-knows' },
    { type: 'anthropic', model: 'gpt-4o-mini' },
    { type: 'openai-compatible', model: 'gpt-4o-mini' },
  ] satisfies Partial<PriceRequest>[])('says that it knows no price for %j', (more) => {
    expect(price(more)).toEqual({ costNanoUsd: null, pricing: 'unpriced', priceVersion: null });
  });

  it('gives local away', () => {
    const override = { inputUsdPerMillion: 5, outputUsdPerMillion: 5 };
    expect(price({ type: 'local', model: 'local', override })).toEqual({
      costNanoUsd: 0,
      pricing: 'free',
      priceVersion: null,
    });
  });

  it('does not fall over more cached tokens than tokens', () => {
    expect(price({ usage: usageOf(10, 0, 50) })).toMatchObject({ costNanoUsd: 750 });
  });

  it('names the version of the catalogue that is installed', async () => {
    const entry = new URL(import.meta.resolve('@pydantic/genai-prices'));
    const { version } = JSON.parse(await readFile(new URL('../package.json', entry), 'utf8')) as {
      version: string;
    };
    expect(price({}).priceVersion).toBe(`genai-prices@${version}`);
  });
});
