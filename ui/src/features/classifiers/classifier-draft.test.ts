import type { Classifier } from '@understudy/shared/contracts/classifier';
import { describe, expect, it } from 'vitest';
import {
  createClassifierDraft,
  fromClassifierDraft,
  fromExampleLines,
  toClassifierDraft,
  toExampleLines,
  toPastedLabels,
} from './classifier-draft.ts';

const CLASSIFIER: Classifier = {
  id: 'clf_1',
  name: 'support',
  version: 3,
  labels: [
    'billing',
    { name: 'bug', description: 'It does not work.', examples: ['It crashes', 'Two\nlines', '"quoted"'] },
  ],
  instructions: 'Be strict.',
  multiLabel: true,
  threshold: 0.4,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

describe('a classifier in the form', () => {
  it('comes out as it went in', () => {
    const { instructions, multiLabel, threshold, labels } = CLASSIFIER;
    expect(fromClassifierDraft(toClassifierDraft(CLASSIFIER)).input).toEqual({
      instructions,
      multiLabel,
      threshold,
      labels: [{ name: 'billing' }, labels[1]],
    });
  });

  it('leaves out a threshold that one label alone has no use for', () => {
    const draft = { ...toClassifierDraft(CLASSIFIER), multiLabel: false };
    expect(fromClassifierDraft(draft).input?.threshold).toBeNull();
  });

  it.each(['half', '0,5'])(
    'says that a threshold of %s is no number, where there is to be one',
    (threshold) => {
      const draft = { ...createClassifierDraft(), multiLabel: true, threshold };
      expect(fromClassifierDraft(draft).faults).toMatchObject([{ pointer: '/threshold' }]);
      expect(fromClassifierDraft({ ...draft, multiLabel: false }).faults).toBeNull();
    },
  );
});

it('keeps every example, whatever is in it', () => {
  const examples = ['plain', 'two\nlines', ' spaces around ', '"in quotes"', '"', 'a "b" c'];
  expect(fromExampleLines(toExampleLines(examples))).toEqual(examples);
});

it('takes what only looks like a quoted example as it is', () => {
  expect(fromExampleLines('"He said "no""\n\n  indented  ')).toEqual(['"He said "no""', 'indented']);
});

describe('a pasted list of labels', () => {
  const names = (pasted: string, present: string[] = []) =>
    toPastedLabels(pasted, present).map(({ name, description }) =>
      description ? [name, description] : name,
    );

  it('has one a line, with a description behind a tab', () => {
    expect(names('billing\tAbout money\r\nbug\n\nbug')).toEqual([['billing', 'About money'], 'bug']);
  });

  it('may be one line with commas', () => {
    expect(names('billing, bug,,praise', ['bug'])).toEqual(['billing', 'praise']);
  });

  it('keeps commas within a line of several', () => {
    expect(names('lost, stolen\nother')).toEqual(['lost, stolen', 'other']);
  });
});
