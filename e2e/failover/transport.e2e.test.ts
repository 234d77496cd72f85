import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import { listTries } from '../support/pair.ts';
import { inTurns, playScenarios, SWITCH_BAR_MS, type Scenario } from '../support/scenario.ts';
import { openStage, UNRESOLVABLE_HOST, type Stage } from '../support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** When an answer comes that nobody waits for any more. */
const LATE_MS = 20_000;
/** After the deadline, on a machine that is busy. */
const LET_GO_MS = 5_000;
const ENDLESS = {
  'silence before the headers': endless({ kind: 'hang' }, 'silent'),
  'headers that come too late': endless({ kind: 'delay', ms: LATE_MS }, 'silent'),
  'a stall in mid body': endless({ kind: 'stall' }, 'timeout'),
  'a byte a second': endless({ kind: 'drip', everyMs: 1_000 }, 'timeout'),
};

/** A port below those that are handed out, at which nothing listens and which no client blocks. */
const NOBODY = 'http://127.0.0.1:2';

playScenarios(() => stage, {
  'a reset connection': { behaviour: { kind: 'reset' }, fault: 'network', tries: 2 },
  'a body that breaks off': { behaviour: { kind: 'truncate' }, fault: 'network', tries: 2 },
  'a refused connection': unreachable(() => NOBODY),
  'a name without an address': unreachable(() => `http://${UNRESOLVABLE_HOST}`),
  'a failed handshake': unreachable((url) => url.replace('http:', 'https:')),
  ...ENDLESS,
});

it.concurrent('a silent provider is cut in time, too, where no more hedges may be started', async ({
  expect,
  onTestFinished,
}) => {
  const pair = await stage.createPair('openai');
  onTestFinished(pair.dismiss);
  pair.primary.vendor.respondAlways({ kind: 'hang' });
  // One hedge a minute is given where calls are few.
  await pair.run();
  const job = await pair.run();
  expect(job).toMatchObject({ state: 'succeeded', provider: { name: pair.backup.name } });
  expect(listTries(job, pair.primary)).toEqual([{ outcome: 'failed', fault: 'silent' }]);
  const [failover] = await pair.readFailovers(job.id);
  expect(failover).toMatchObject({ fault: 'silent', hedge: false });
  expect(failover?.switchMs).toBeLessThan(SWITCH_BAR_MS);
});

describe('no provider has time beyond the deadline of the job', () => {
  const endless = Object.entries(ENDLESS).map(([name, { behaviour }]) => ({ name, behaviour }));
  for (const { type, name, behaviour } of inTurns(endless)) {
    it.concurrent(`with ${name}`, async ({ expect, onTestFinished }) => {
      const longTimeout = { timeoutMs: 60_000 };
      const pair = await stage.createPair(type, { primary: longTimeout, backup: longTimeout });
      onTestFinished(pair.dismiss);
      for (const { vendor } of [pair.primary, pair.backup]) vendor.respondAlways(behaviour);
      const job = await pair.run({ deadlineMs: 1_500 });
      expect(job).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded' } });
      expect(listTries(job, pair.primary)).toHaveLength(1);
      // Nothing but the deadline ends these calls. To the moment it is for the tests of a fake clock; here the real SDK has to
      // let go of a body that never ends.
      for (const { startedAt, durationMs } of job.attempts) {
        expect(Date.parse(startedAt)).toBeLessThan(Date.parse(job.deadlineAt));
        expect(Date.parse(startedAt) + (durationMs ?? Infinity) - Date.parse(job.deadlineAt)).toBeLessThan(
          LET_GO_MS,
        );
      }
    });
  }
});

function unreachable(toUrl: NonNullable<Scenario['toUrl']>): Scenario {
  return { behaviour: { kind: 'answer' }, fault: 'network', tries: 2, calls: 0, toUrl };
}

function endless(behaviour: FakeBehaviour, fault: 'silent' | 'timeout') {
  return { behaviour, fault, tries: 1, overtaken: true } satisfies Scenario;
}
