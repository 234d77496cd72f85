import { describe, expect, it } from 'vitest';
import { toEvidence } from './evidence.ts';
import { labelSetOf, requestOf } from './testing/sample-request.ts';

describe('toEvidence', () => {
  const text = 'Please tell me why my credit balance is empty.';
  const labelSet = labelSetOf(['usage limits', 'in']);
  const evidence = (words: string) => toEvidence(words, requestOf({ text, labelSet }));

  it.each([
    ['Your credit balance is too low.', 'credit balance'],
    ['prompt is too long: 9 tokens', 'prompt is too long'],
    ['`max_tokens` exceed context limit', 'context limit'],
    ['Gateway: {"error":{"message":"API key not valid."}}', 'API key not valid'],
    ["you don't have an insufficient quota, it's fine", 'insufficient quota'],
  ])('keeps what the vendor says in %j', (words, kept) => {
    expect(toEvidence(words, requestOf())).toContain(kept);
  });

  it.each([
    [`Cannot read: ${text}`, 'credit'],
    ['Cannot read "credit balance"', 'credit'],
    ["Invalid schema: 'usage limits'", 'usage'],
    ['The enum has usage limits twice.', 'usage'],
  ])('leaves out what it was told in %j', (words, left) => {
    expect(evidence(words)).not.toContain(left);
  });

  it.each([
    ['{"error":"billing"}', '{"error":"billing"}'],
    ['Why does your server say {"error":"billing"} when I pay?', '{"error":"billing"}'],
    ['billing of last month', '{"error":{"message":"Cannot read billing of last month"}}'],
    ['hello', '{"error":{"message":"The enum has usage limits twice."}}'],
  ])('takes nothing of %j for an error of the vendor in %j', (told, echo) => {
    const found = toEvidence(`Cannot read ${echo}`, requestOf({ text: told, labelSet }));
    expect(found).not.toMatch(/billing|usage/);
  });

  it('takes no piece out of a word for a short label', () => {
    expect(evidence('insufficient quota')).toBe('insufficient quota');
  });
});
