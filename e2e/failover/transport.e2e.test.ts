import { afterAll, beforeAll } from 'vitest';
import { playScenarios, type Scenario } from '../support/scenario.ts';
import { openStage, UNRESOLVABLE_HOST, type Stage } from '../support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** A port below those that are handed out, at which nothing listens and which no client blocks. */
const NOBODY = 'http://127.0.0.1:2';

const unreachable = (toUrl: NonNullable<Scenario['toUrl']>): Scenario => ({
  behaviour: { kind: 'answer' },
  fault: 'network',
  tries: 2,
  calls: 0,
  toUrl,
});
const endless = (behaviour: Scenario['behaviour'], fault: 'silent' | 'timeout'): Scenario => ({
  behaviour,
  fault,
  tries: 1,
  cut: true,
});

playScenarios(() => stage, {
  'a reset connection': { behaviour: { kind: 'reset' }, fault: 'network', tries: 2 },
  'a body that breaks off': { behaviour: { kind: 'truncate' }, fault: 'network', tries: 2 },
  'a refused connection': unreachable(() => NOBODY),
  'a name without an address': unreachable(() => `http://${UNRESOLVABLE_HOST}`),
  'a failed handshake': unreachable((url) => url.replace('http:', 'https:')),
  'silence before the headers': endless({ kind: 'hang' }, 'silent'),
  'headers that come too late': endless({ kind: 'delay', ms: 20_000 }, 'silent'),
  'a stall in mid body': endless({ kind: 'stall' }, 'timeout'),
  'a byte a second': endless({ kind: 'drip', everyMs: 1_000 }, 'timeout'),
});
