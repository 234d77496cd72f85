import type { ClassificationRow } from '@understudy/shared/contracts/classification';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Token } from '@understudy/shared/contracts/token';
import { expect, it } from 'vitest';
import { toFirstSteps } from './first-steps.ts';

const provider = (type: string) => ({ type }) as Provider;
const token = (id: string) => ({ id }) as Token;
const jobBy = (type: string) => ({ provider: { type } }) as ClassificationRow;
const fresh = {
  providers: [provider('local')],
  jobs: [],
  tokens: [token('tok_bootstrap')],
  isTested: false,
  can: () => true,
};
const toDone = (facts: Partial<Parameters<typeof toFirstSteps>[0]>) =>
  toFirstSteps({ ...fresh, ...facts })
    ?.filter(({ isDone }) => isDone)
    .map(({ key }) => key);

it('says nothing before all is known', () => {
  expect(toFirstSteps({ ...fresh, jobs: undefined })).toBeNull();
  expect(toFirstSteps({ ...fresh, tokens: undefined })).toBeNull();
  expect(toFirstSteps({ ...fresh, providers: undefined })).toBeNull();
});

it('counts neither the built-in provider nor the token of the installation', () => {
  expect(toDone({})).toEqual([]);
});

it('sees what was done', () => {
  expect(toDone({ providers: [provider('local'), provider('openai')] })).toEqual(['provider']);
  expect(toDone({ tokens: [token('tok_bootstrap'), token('tok_1')] })).toEqual(['token']);
  expect(toDone({ jobs: [jobBy('local')] })).toEqual(['job']);
});

it('takes an answer of a real provider for a test', () => {
  expect(toDone({ jobs: [jobBy('openai')] })).toEqual(['test', 'job']);
});

it('asks nobody for what they may not do', () => {
  const can = (scope: string) => scope === 'jobs:write';
  const facts = { ...fresh, providers: undefined, tokens: undefined, can };
  expect(toFirstSteps(facts)).toEqual([{ key: 'job', isDone: false }]);
});
