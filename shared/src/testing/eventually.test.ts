import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';

it('repeats until there is an answer, and gives it', async () => {
  const answers = [false, null, 0, 1];
  expect(await eventually(() => answers.shift(), { everyMs: 1 })).toBe(0);
});

it('is content with an attempt that answers nothing', async () => {
  expect(await eventually(() => {})).toBeUndefined();
});

it('tells what the last attempt failed with', async () => {
  const fail = () => {
    throw new Error('Not yet');
  };
  await expect(eventually(fail, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('Not yet');
  await expect(eventually(() => null, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('still not so');
});
