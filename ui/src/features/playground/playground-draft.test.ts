import { classificationInput, type Classification } from '@understudy/shared/contracts/classification';
import { describe, expect, it } from 'vitest';
import { EXAMPLE, fromJob, toJob } from './playground-draft.ts';

describe('toJob', () => {
  it('makes a job that the contract takes of the example', () => {
    expect(classificationInput.parse(toJob(EXAMPLE))).toMatchObject({
      text: EXAMPLE.text,
      labels: EXAMPLE.labels,
    });
  });

  it('names a classifier or labels, never both, and a provider only where one was chosen', () => {
    const job = toJob({
      ...EXAMPLE,
      source: 'classifier',
      classifier: 'support',
      provider: 'main',
      explain: true,
    });
    expect(job).toEqual({ text: EXAMPLE.text, classifier: 'support', providers: ['main'], explain: true });
  });
});

describe('fromJob', () => {
  const job = {
    text: 'hello',
    labels: ['a', { name: 'b', description: 'B' }],
    classifier: null,
    explain: true,
  };

  it('gives back what was asked', () => {
    const draft = fromJob({ ...job, providers: ['main'] } as Classification);
    expect(draft).toMatchObject({ text: 'hello', labels: ['a', 'b'], provider: 'main', explain: true });
  });

  it('leaves the order to the service for a job that named several providers', () => {
    expect(fromJob({ ...job, providers: ['main', 'spare'] } as Classification).provider).toBe('');
  });

  it('survives a job whose text was erased', () => {
    expect(fromJob({ ...job, text: null, providers: null } as Classification).text).toBe('');
  });
});
