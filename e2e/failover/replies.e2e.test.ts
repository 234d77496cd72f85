import { afterAll, beforeAll, describe, it } from 'vitest';
import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { BACKUP_ANSWER, countCalls, listTries } from '../support/pair.ts';
import { playScenarios, VENDOR_TYPES, type Scenario } from '../support/scenario.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { NO_CHOICES } from '../support/vendor-errors.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const unusable = (behaviour: Scenario['behaviour'], tries: 1 | 2): Scenario => ({
  behaviour,
  fault: 'invalid_output',
  tries,
});

// Where there are words to repair, the same provider is asked once for a better answer.
playScenarios(() => stage, {
  'JSON that is broken off': unusable({ kind: 'malformed' }, 1),
  'a page with status 200': unusable({ kind: 'html' }, 1),
  'a reply without choices': unusable(NO_CHOICES, 1),
  'a reply without words': unusable({ kind: 'empty' }, 1),
  'an answer that was cut at the token limit': unusable({ kind: 'cut' }, 2),
  'a label outside of the set': unusable({ kind: 'say', content: '{"label":"praise!","confidence":1}' }, 2),
});

const REFUSALS: [string, FakeBehaviour][] = [
  ['a refusal', { kind: 'refuse', reason: 'I would rather not.' }],
  ['a content filter', { kind: 'filter' }],
];
const cases = VENDOR_TYPES.flatMap((type) =>
  REFUSALS.map(([name, behaviour]) => ({ type, name, behaviour })),
);

describe('content that a provider refuses', () => {
  it.concurrent.for(cases)(
    'ends the job without another being asked ($name, $type)',
    async ({ type, behaviour }, { expect, onTestFinished }) => {
      const pair = await stage.createPair(type);
      onTestFinished(pair.dismiss);
      const asked = countCalls(pair.backup);
      pair.primary.vendor.respondAlways(behaviour);
      const job = await pair.run();
      expect(job).toMatchObject({ state: 'failed', result: null, error: { code: 'content_filtered' } });
      expect(listTries(job, pair.primary)).toEqual([{ outcome: 'failed', fault: 'content_filter' }]);
      expect(countCalls(pair.backup)).toBe(asked);
      expect((await stage.client.failovers.list({ jobId: job.id })).data).toEqual([]);
    },
  );

  describe('where that is to fail over', () => {
    beforeAll(() => stage.client.config.update({ contentFilterFailover: true }));

    it.concurrent.for(cases)(
      'is answered by the next provider ($name, $type)',
      async ({ type, behaviour }, { expect, onTestFinished }) => {
        const pair = await stage.createPair(type);
        onTestFinished(pair.dismiss);
        pair.primary.vendor.respondAlways(behaviour);
        const job = await eventually(async () => {
          const ended = await pair.run();
          return ended.state === 'succeeded' && ended;
        });
        expect(job).toMatchObject({ result: { label: BACKUP_ANSWER } });
        expect(listTries(job, pair.primary)).toEqual([{ outcome: 'failed', fault: 'content_filter' }]);
        expect(await pair.readFailovers(job.id)).toMatchObject([
          { from: { name: pair.primary.name }, to: { name: pair.backup.name }, fault: 'content_filter' },
        ]);
      },
    );
  });
});
