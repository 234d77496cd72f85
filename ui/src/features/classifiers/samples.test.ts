import { describe, expect, it } from 'vitest';
import { toSamples } from './samples.ts';

const ONE = { labels: ['billing', 'bug'], multiLabel: false };
const MANY = { ...ONE, multiLabel: true };

describe('samples of a classifier with one label', () => {
  it('come from CSV, other columns ignored', () => {
    const read = toSamples('id,text,label\n1,"Charged, twice",billing\n2,It crashes, bug', ONE);
    expect(read.faults).toEqual([]);
    expect(read.samples).toEqual([
      { text: 'Charged, twice', label: 'billing' },
      { text: 'It crashes', label: 'bug' },
    ]);
    expect(read.lines).toEqual([2, 3]);
    expect(read.counts).toEqual([
      { label: 'billing', count: 1 },
      { label: 'bug', count: 1 },
    ]);
  });

  it('come from lines of JSON', () => {
    expect(toSamples('{"text":"a","label":"bug"}', ONE).samples).toEqual([{ text: 'a', label: 'bug' }]);
  });

  it('names each line that is no good, in order', () => {
    const read = toSamples('text,label\na,praise\n,bug\nb,\nc\nd,bug', ONE);
    expect(read.samples).toEqual([{ text: 'd', label: 'bug' }]);
    expect(read.faults).toEqual([
      { line: 2, detail: 'has the label “praise”, which is not one of the classifier’s' },
      { line: 3, detail: 'has no text' },
      { line: 4, detail: 'has no label' },
      { line: 5, detail: 'has 1 cell, the first line names 2' },
    ]);
  });

  it('says of a file without the columns which they are', () => {
    expect(toSamples('question,answer\na,bug', ONE).faults).toEqual([
      { line: 1, detail: 'must name the columns text and label' },
    ]);
  });

  it('refuses several labels', () => {
    expect(toSamples('{"text":"a","labels":["bug","billing"]}', ONE).faults[0]?.detail).toMatch(/several/);
  });
});

it('takes several labels, and none, where several may fit', () => {
  const read = toSamples('text,labels\na,bug | billing\nb,', MANY);
  expect(read.samples).toEqual([
    { text: 'a', labels: ['bug', 'billing'] },
    { text: 'b', labels: [] },
  ]);
});
