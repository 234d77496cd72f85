import { describe, expect, it } from 'vitest';
import { toAnswer } from './answer.ts';
import { createLabelIndex } from './label-index.ts';

const named = (...names: string[]) =>
  createLabelIndex(names.map((name) => ({ name, description: null, examples: [] })));
const ask = (text: string) => ({ text, multiLabel: false, threshold: 0.5, explain: true });

const support = createLabelIndex([
  {
    name: 'lost_card',
    description: 'The card was lost or stolen',
    examples: ['where is my card, I lost it'],
  },
  { name: 'refund', description: null, examples: ['I want my money back', 'give me back what I paid'] },
  { name: 'greeting', description: null, examples: ['hello there', 'good morning'] },
]);

describe('a single label', () => {
  it('is exactly one of the set, with its closest examples', () => {
    const answer = toAnswer(support, ask('please send the money back to me'));
    expect(answer.label).toBe('refund');
    expect(answer.labels).toEqual([{ name: 'refund', confidence: expect.any(Number) as number }]);
    expect(answer.rationale).toMatch(/^Closest examples: "I want my money back"/);
  });

  it('names the words of the label where there is no example', () => {
    const answer = toAnswer(named('lostCard', 'top_up_failed'), ask('my cards are lost'));
    expect(answer.label).toBe('lostCard');
    expect(answer.rationale).toBe('Words of the label that match: lost, card.');
  });

  it('has no rationale unasked', () => {
    expect(toAnswer(support, { ...ask('hello'), explain: false }).rationale).toBeNull();
  });

  it.each(['', '   ', '?', 'the of and', '今天天气很好', 'مرحبا بك', '🎉', '\ud800', 'a'.repeat(200_000)])(
    'is found for odd text %#',
    (text) => {
      const answer = toAnswer(named('refund', 'lost_card'), ask(text));
      expect(['refund', 'lost_card']).toContain(answer.label);
      expect(answer.labels[0]!.confidence).toBeGreaterThanOrEqual(0.5);
    },
  );

  it.each([
    ['!', ['?', '!'], '!'],
    ['great 👎', ['👍', '👎', ' ', '__proto__'], '👎'],
    ['我的卡丢失了', ['退款', '丢失的卡'], '丢失的卡'],
    ['فقدت بطاقة', ['استرداد', 'بطاقة مفقودة'], 'بطاقة مفقودة'],
    ['카드를 잃어버렸어요', ['환불', '카드 분실'], '카드 분실'],
  ])('understands %s', (text, names, label) => {
    expect(toAnswer(named(...names), ask(text)).label).toBe(label);
  });

  it('is found among 200 labels with examples, for a text of 200,000 characters', () => {
    const labels = Array.from({ length: 200 }, (_, label) => ({
      name: `label_${label}`,
      description: null,
      examples: Array.from({ length: 20 }, (__, example) => `subject${label} aspect${example}`),
    }));
    const text = 'subject42 aspect7 and more '.repeat(8_000);
    expect(toAnswer(createLabelIndex(labels), ask(text)).label).toBe('label_42');
  });
});

describe('multiple labels', () => {
  const question = { text: 'I want my money back. And I lost my card!', multiLabel: true, explain: true };

  it('are all that reach the threshold, the likeliest first', () => {
    const { label, labels } = toAnswer(support, { ...question, threshold: 0.5 });
    expect(labels.map(({ name }) => name).toSorted()).toEqual(['lost_card', 'refund']);
    expect(label).toBe(labels[0]!.name);
    expect(labels[0]!.confidence).toBeGreaterThanOrEqual(labels[1]!.confidence);
  });

  it('are all labels at threshold 0 and none at 1', () => {
    expect(toAnswer(support, { ...question, threshold: 0 }).labels).toHaveLength(3);
    expect(toAnswer(support, { ...question, threshold: 1 })).toEqual({
      label: null,
      labels: [],
      rationale: 'No label reaches the threshold.',
    });
  });
});
