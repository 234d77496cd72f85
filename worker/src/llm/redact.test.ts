import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSafeMessage } from './redact.ts';

const apiKey = 'sk-proj-AbCdEf0123456789XyZ';
const text = 'Dear support, my card ending in 4242 was charged twice for order 9081 on the third of May.';
const safe = (message: string) => toSafeMessage(message, { apiKey, text });

describe('toSafeMessage', () => {
  it.each([
    [`Invalid key ${apiKey}.`, 'Invalid key [key].'],
    ['Incorrect API key provided: sk-pr***************9XyZ. See', 'Incorrect API key provided: [key] See'],
    ['key AbCdEf012… is unknown', 'key [key]… is unknown'],
    ['Authorization: Bearer abc.def-123== refused', 'Authorization: Bearer [key] refused'],
    ['sk-another-key-than-ours leaked', '[key] leaked'],
    [`Cannot read "${text}"`, 'Cannot read "[text]"'],
    ['near: was charged twice for order 9081 on', 'near:[text]'],
    ["Invalid value: 'order 9081'", "Invalid value: '[text]'"],
    ["Invalid value: 'Dear supp...'", "Invalid value: '[text]'"],
    ['The model `gpt-9` does not exist.', 'The model `gpt-9` does not exist.'],
    ['two\nlines\u0007 and\ttabs ', 'two lines and tabs'],
  ])('makes %j into %j', (message, expected) => {
    expect(safe(message)).toBe(expected);
  });

  it('bounds a message', () => {
    expect(safe('x '.repeat(5_000))).toHaveLength(500);
  });

  it('lets a very short text through only where it stands for itself', () => {
    expect(toSafeMessage('bad input: yes', { apiKey: null, text: ' yes\n' })).toBe('bad input: [text]');
  });

  it.each([
    ['no', 'API key not valid: no', 'API key not valid: [text]'],
    ['i', 'Your credit balance is too low (i).', 'Your credit balance is too low ([text]).'],
    ['退款', '不能处理退款文本', '不能处理[text]文本'],
    ['$5', 'bad input: USD$5', 'bad input: USD[text]'],
    ['a.c', 'abc a.c', 'abc [text]'],
  ])('takes no piece out of a word for the short text %s', (short, message, expected) => {
    expect(toSafeMessage(message, { apiKey: null, text: short })).toBe(expected);
  });

  it('copes with a long text that repeats itself, and a message that does too', () => {
    const message = toSafeMessage('aaaaaaaaaaaa'.repeat(10_000), {
      apiKey,
      text: 'aaaaaaaaaaaab'.repeat(16_000),
    });
    expect(message).toBe('[text]');
  });

  it('never shows a run of the text, nor the key, wherever they stand', () => {
    const piece = fc.string({ minLength: 30, maxLength: 200, unit: 'grapheme' });
    const around = fc.string({ maxLength: 60 });
    const property = fc.property(piece, around, around, (secret, before, after) => {
      const message = toSafeMessage(`${before}${secret}${after} ${apiKey}`, { apiKey, text: secret });
      return !message.includes(apiKey) && !message.includes(secret.trim());
    });
    expect(() => fc.assert(property)).not.toThrow();
  });
});
