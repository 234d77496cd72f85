import { afterAll, beforeAll } from 'vitest';
import { playScenarios, type Scenario } from '../support/scenario.ts';
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
