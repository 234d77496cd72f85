import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { countCalls } from '../support/pair.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

it('has local take over on a fresh installation with one provider, in time', async () => {
  const { client } = stage;
  const { name } = await client.providers.create({
    name: 'lone',
    type: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:2/v1',
    configuration: { model: 'm' },
  });
  const drilled = await client.failovers.drill({ providerId: name, fault: 'silent' });
  expect(drilled).toMatchObject({
    ok: true,
    switched: true,
    servedBy: { type: 'local' },
    attempts: [
      { number: 1, provider: { name }, fault: 'silent' },
      { number: 2, provider: { type: 'local' }, outcome: 'succeeded' },
    ],
    verdict: { target: 5_000, met: true },
  });
  // They are written beside it.
  await eventually(async () => {
    const { data } = await client.failovers.list({ drill: true });
    expect(data).toMatchObject([{ from: { name }, fault: 'silent', drill: true }]);
    return true;
  });
  expect((await client.failovers.list({ drill: false })).data).toEqual([]);
  await client.providers.remove(name);
});

it('has the next provider take over, by the plan’s hook as well, and shows the sick one as it was', async () => {
  const pair = await stage.createPair('openai');
  const body = JSON.stringify({ providerId: pair.primary.name, fault: 'unauthenticated' });
  for (const path of ['/api/providers/failover', '/api/ai/failover']) {
    const calls = countCalls(pair.primary);
    const reply = await stage.product.call(path, { method: 'POST', body });
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      ok: true,
      servedBy: { name: pair.backup.name },
      verdict: { met: true },
    });
    expect(countCalls(pair.primary)).toBe(calls);
  }
  const { provider } = await stage.client.providers.read(pair.primary.name);
  expect(provider.status).toMatchObject({ circuit: 'closed', flagged: null });
  const usage = await stage.client.providers.usage(pair.primary.name);
  expect(usage.totals.requestCount).toBe(0);
  await pair.dismiss();
});
