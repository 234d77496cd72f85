import { afterAll, beforeAll, describe, it } from 'vitest';
import { countCalls, listTries } from '../support/pair.ts';
import { playScenarios, VENDOR_TYPES, type Scenario } from '../support/scenario.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { OUT_OF_CREDIT, TOO_LONG } from '../support/vendor-errors.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const status = (code: number, headers: Record<string, string> = {}): Scenario['behaviour'] => ({
  kind: 'status',
  status: code,
  headers,
});
const throttled = (headers: Record<string, string>): Scenario => ({
  behaviour: status(429, headers),
  fault: 'rate_limited',
  tries: 1,
});

playScenarios(() => stage, {
  'an error of the server (500)': { behaviour: status(500), fault: 'server_error', tries: 2 },
  'a bad gateway (502)': { behaviour: status(502), fault: 'server_error', tries: 2 },
  'an unavailable server (503)': { behaviour: status(503), fault: 'server_error', tries: 2 },
  'an overloaded server (529)': { behaviour: status(529), fault: 'overloaded', tries: 2 },
  'throttling for seconds (429)': throttled({ 'retry-after': '20' }),
  'throttling to a date (429)': throttled({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() }),
  'throttling for milliseconds (429)': throttled({ 'retry-after-ms': '20000' }),
  'throttling without a time (429)': throttled({}),
  'a refused key (401)': { behaviour: status(401), fault: 'unauthenticated', tries: 1 },
  'a forbidden model (403)': { behaviour: status(403), fault: 'forbidden', tries: 1 },
  'a bill that is due (402)': { behaviour: status(402), fault: 'quota', tries: 1 },
  'an empty account': { behaviour: OUT_OF_CREDIT, fault: 'quota', tries: 1 },
  'a bad request (400)': { behaviour: status(400), fault: 'bad_request', tries: 1 },
  'a text beyond its context window': {
    behaviour: TOO_LONG,
    fault: 'context_length',
    tries: 1,
    primary: { contextWindow: 8_192 },
    backup: { contextWindow: 200_000 },
  },
});

describe('a job that a provider rejects', () => {
  it.concurrent.for(VENDOR_TYPES)(
    'ends where nobody has a larger context window (%s)',
    async (type, { expect, onTestFinished }) => {
      const configuration = { contextWindow: 8_192 };
      const pair = await stage.createPair(type, { primary: configuration, backup: configuration });
      onTestFinished(pair.dismiss);
      pair.primary.vendor.respondAlways(TOO_LONG[type]);
      const asked = countCalls(pair.backup);
      expect(await pair.run()).toMatchObject({
        state: 'failed',
        error: { code: 'rejected_by_provider' },
        attempts: [{ outcome: 'failed', fault: 'context_length' }],
        passedOver: [{ provider: { name: pair.backup.name }, reason: 'context_window' }],
      });
      expect(countCalls(pair.backup)).toBe(asked);
    },
  );

  it.concurrent('ends where the next one calls it a bad request, too', async ({ expect, onTestFinished }) => {
    const pair = await stage.createPair('anthropic');
    onTestFinished(pair.dismiss);
    for (const { vendor } of [pair.primary, pair.backup])
      vendor.respondAlways({ kind: 'status', status: 400 });
    const job = await pair.run();
    expect(job).toMatchObject({ state: 'failed', error: { code: 'rejected_by_provider' } });
    for (const one of [pair.primary, pair.backup]) {
      expect(listTries(job, one)).toEqual([{ outcome: 'failed', fault: 'bad_request' }]);
    }
  });
});

it.concurrent('goes on to a model that is known to take longer texts, with nothing configured', async ({
  expect,
  onTestFinished,
}) => {
  const pair = await stage.createPair('openai');
  onTestFinished(pair.dismiss);
  pair.primary.vendor.respondAlways(TOO_LONG.openai);
  const job = await pair.run();
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: pair.backup.name } });
  expect(listTries(job, pair.primary)).toEqual([{ outcome: 'failed', fault: 'context_length' }]);
});
