import { expect, it } from 'vitest';
import { ProblemError } from '../client/problem-error.ts';
import { assertOn } from './assert-on.ts';

type Read = Parameters<typeof assertOn>[0];
const refuse =
  (status: number): Read =>
  () =>
    Promise.reject(
      new ProblemError({ status, code: 'refused', detail: '' }, { requestId: null, retryAfterMs: null }),
    );

it('refuses a provider that is switched off, and says what to do', async () => {
  await expect(assertOn(async () => ({ enabled: false }), 'main')).rejects.toThrow(
    /^main is switched off, .*\. Switch it on in the console under Advanced/,
  );
  await expect(assertOn(async () => ({ enabled: true }), 'main')).resolves.toBeUndefined();
});

it('leaves it to the jobs where the token may not read providers, or there is none', async () => {
  await expect(assertOn(refuse(403), 'main')).resolves.toBeUndefined();
  await expect(assertOn(refuse(404), 'main')).resolves.toBeUndefined();
  await expect(assertOn(refuse(500), 'main')).rejects.toThrow(ProblemError);
});
