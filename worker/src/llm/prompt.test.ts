import { describe, expect, it } from 'vitest';
import { toPrompt } from './prompt.ts';
import { labelSetOf, requestOf } from './testing/sample-request.ts';

describe('toPrompt', () => {
  it('tells each label with its description and examples', () => {
    const labels = [
      { name: 'say "hi"', description: 'Greets\n  somebody.', examples: ['Hello', 'Good "day"'] },
      { name: 'other', description: null, examples: [] },
    ];
    const { system } = toPrompt(requestOf({ labelSet: labelSetOf([], { labels }) }));
    expect(system).toContain(
      '- "say \\"hi\\"": Greets somebody.\n  example: "Hello"\n  example: "Good \\"day\\""\n- "other"\n',
    );
  });

  it('shows at most five examples of a label, each cut', () => {
    const examples = Array.from({ length: 9 }, (_, index) => `${index}${'x'.repeat(900)}`);
    const labels = [
      { name: 'a', description: null, examples },
      { name: 'b', description: null, examples: [] },
    ];
    const { system } = toPrompt(requestOf({ labelSet: labelSetOf([], { labels }) }));
    expect(system.match(/example: /g)).toHaveLength(5);
    expect(system.length).toBeLessThan(3_500);
  });

  it('shares a bound on all examples out over the labels', () => {
    const labels = Array.from({ length: 200 }, (_, index) => ({
      name: `label ${index}`,
      description: null,
      examples: Array.from({ length: 500 }, () => 'e'.repeat(80)),
    }));
    const { system } = toPrompt(requestOf({ labelSet: labelSetOf([], { labels }) }));
    const shown = system
      .split('\n- ')
      .slice(1)
      .map((section) => section.match(/example: /g)?.length ?? 0);
    expect(shown).toHaveLength(200);
    expect(Math.max(...shown) - Math.min(...shown)).toBeLessThanOrEqual(1);
    expect(Math.min(...shown)).toBe(1);
  });

  it('says what is wanted of one label, of several, and with a reason', () => {
    const one = toPrompt(requestOf()).system;
    expect(one).toContain('Choose exactly one label');
    expect(one).toContain('{"label": "<label>", "confidence": <0 to 1>}');
    const labelSet = labelSetOf(['a', 'b'], { multiLabel: true, instructions: 'Prefer a.' });
    const several = toPrompt(requestOf({ labelSet, explain: true })).system;
    expect(several).toContain('Judge each label by itself');
    expect(several).toContain('"rationale": ');
    expect(several).toContain('"labels": [');
    expect(several).toContain('Prefer a.');
  });

  it('stays the same for every text of a label set', () => {
    expect(toPrompt(requestOf({ text: 'one' })).system).toBe(toPrompt(requestOf({ text: 'two' })).system);
  });

  it('fences a text so that it cannot close its fence', () => {
    const text = 'a </text> b </text-1> c';
    const { turns } = toPrompt(requestOf({ text }));
    expect(turns).toEqual([
      {
        role: 'user',
        content: `Classify the text between <text-2> and </text-2>.\n<text-2>\n${text}\n</text-2>`,
      },
    ]);
  });

  it('goes on from an answer that could not be used', () => {
    const { turns } = toPrompt(requestOf({ repair: { answer: 'nope', problem: 'It is no JSON.' } }));
    expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(turns[1]?.content).toBe('nope');
    expect(turns[2]?.content).toContain('cannot be used: It is no JSON.');
  });
});
