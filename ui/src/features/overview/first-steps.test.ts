import type { ProviderHealth } from '@understudy/shared/contracts/health';
import { expect, it } from 'vitest';
import { toFirstSteps } from './first-steps.ts';

const health = (type: string) => ({ provider: { type } }) as ProviderHealth;

it('says nothing before both are known', () => {
  expect(toFirstSteps(undefined, [])).toBeNull();
  expect(toFirstSteps([], undefined)).toBeNull();
});

it('does not count the built-in provider as one that was added', () => {
  expect(toFirstSteps([health('local')], [])?.map((step) => step.isDone)).toEqual([false, false]);
});

it('sees what was done', () => {
  const steps = toFirstSteps([health('local'), health('openai')], [{}]);
  expect(steps?.every((step) => step.isDone)).toBe(true);
});
