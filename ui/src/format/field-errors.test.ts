import { ProblemError } from '@understudy/shared/client/problem-error';
import { providerInput } from '@understudy/shared/contracts/provider';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { toFaults, toFieldErrors } from './field-errors.ts';

const fault = (pointer: string, detail: string) => ({ pointer, detail, code: 'x' });

it('puts each fault at its field, several at one, and keeps the rest apart', () => {
  const { byPointer, others } = toFieldErrors(
    [
      fault('/name', 'must be short'),
      fault('/name', 'must be plain'),
      fault('/labels/1/name', 'is empty'),
      fault('', 'is odd'),
    ],
    ['/name', '/labels'],
  );
  expect(byPointer.get('/name')).toEqual(['Must be short', 'Must be plain']);
  expect(byPointer.get('/labels')).toEqual(['Is empty']);
  expect(others).toEqual(['Is odd']);
});

it('does not take a field for another that its name begins with', () => {
  expect(toFieldErrors([fault('/nameless', 'is odd')], ['/name']).others).toEqual(['/nameless: is odd']);
});

it('shows a taken name at the name', () => {
  const taken = new ProblemError(
    { status: 409, code: 'provider_name_taken', detail: 'taken' },
    { requestId: null, retryAfterMs: null },
  );
  expect(toFaults(taken)).toMatchObject([{ pointer: '/name' }]);
  expect(toFaults(new Error('x'))).toEqual([]);
});

it('says in plain words what the contract finds wrong', () => {
  z.config(z.locales.en());
  const { error } = providerInput.safeParse({
    type: 'openai',
    name: 'main',
    apiKey: 'short',
    priority: 1.5,
    rateLimit: 0,
    configuration: { model: '', timeoutMs: 1, maxConcurrency: 99_999 },
  });
  const faults = (error?.issues ?? []).map(({ path, message }) => fault(`/${path.join('/')}`, message));
  const fields = faults.map(({ pointer }) => pointer);
  expect(Object.fromEntries(toFieldErrors(faults, fields).byPointer)).toEqual({
    '/apiKey': ['Must have at least 8 characters'],
    '/priority': ['Must be a whole number'],
    '/rateLimit': ['Must be at least 1'],
    '/configuration/model': ['Is required'],
    '/configuration/timeoutMs': ['Must be at least 250'],
    '/configuration/maxConcurrency': ['Must be at most 10000'],
  });
});
