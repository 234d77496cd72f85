import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/providers';
const toBody = (name: string, configuration: object = {}) => ({
  name,
  type: 'openai-compatible',
  baseUrl: 'http://127.0.0.1:2/v1',
  configuration: { model: 'm', ...configuration },
});
const create = (body: object) => api.admin('POST', PATH, { body });

it('takes the flag away and tells the workers to close the circuit, on the audit log', async () => {
  const { body: made } = await create(toBody('tired'));
  const flagged = { reason: 'forbidden', at: new Date(), message: 'no' };
  await api.bed.store.providers.updateOne({ _id: made.id }, { flagged });
  const before = await api.bed.store.versions.findById('versions').lean();
  const { status, body, headers } = await api.admin('POST', `${PATH}/tired/reset`);
  expect({ status, flagged: body.status.flagged }).toEqual({ status: 200, flagged: null });
  expect(headers.get('ETag')).toBeTruthy();
  const stored = await api.bed.store.providers.findById(made.id).lean();
  expect(stored).toMatchObject({ flagged: null, resetAt: expect.any(Date), revision: 2 });
  const after = await api.bed.store.versions.findById('versions').lean();
  expect(after?.providers).toBe((before?.providers ?? 0) + 1);
  expect(await api.bed.store.audit.findOne({ action: 'provider.reset' }).lean()).toMatchObject({
    target: { kind: 'provider', id: made.id, name: 'tired' },
    before: { flagged: 'forbidden' },
    after: { flagged: null },
  });
});

it('resets only what is there', async () => {
  expect((await api.admin('POST', `${PATH}/nobody/reset`)).body.code).toBe('provider_not_found');
});

it('demands a price with a budget where no catalogue has one', async () => {
  const refused = await create(toBody('unpriced', { monthlyBudgetUsd: 5 }));
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'validation_failed', errors: [{ pointer: '/configuration/price', code: 'required' }] },
  });
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  expect((await create(toBody('priced', { monthlyBudgetUsd: 5, price }))).status).toBe(201);
});

it('shows a provider that has spent its budget, with what is spent and what is held', async () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const { body: made } = await create(toBody('spender', { monthlyBudgetUsd: 0.000_005, price }));
  expect(made.status.flagged).toBeNull();
  const provider = { id: made.id, name: 'spender', type: 'openai-compatible' as const, model: 'm' };
  await api.bed.store.attempts.create([
    buildAttempt({
      provider,
      jobId: 'job_1',
      ...buildAttemptEnd({ costNanoUsd: 5_000 }),
      settledAt: new Date(),
    }),
    buildAttempt({ provider, jobId: 'job_2', reservedNanoUsd: 700 }),
  ]);
  expect((await api.admin('GET', `${PATH}/spender`)).body.status.flagged).toBe('budget');
  expect((await api.admin('GET', `${PATH}/spender/usage`)).body.budget).toEqual({
    limitUsd: 0.000_005,
    spentUsd: 0.000_005,
    reservedUsd: 0.000_000_7,
  });
});
