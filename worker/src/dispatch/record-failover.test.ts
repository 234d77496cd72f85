import { expect, it } from 'vitest';
import { createLogger } from '@understudy/shared/runtime/logger';
import { systemClock } from '@understudy/shared/runtime/clock';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { buildFailover } from '@understudy/shared/testing/builders';
import { createFailoverRecorder } from './record-failover.ts';

function setup({ isAway }: { isAway: () => boolean }) {
  const written: FailoverDocument[] = [];
  const told: FailoverDocument[] = [];
  const recorder = createFailoverRecorder({
    ledger: {
      async insertFailover(failover) {
        if (isAway()) throw new Error('The ledger is away');
        written.push(failover);
      },
    },
    tell(failover) {
      expect(written).toContain(failover);
      told.push(failover);
    },
    clock: systemClock,
    logger: createLogger({ role: 'test', level: 'silent' }),
  });
  return { recorder, written, told };
}

it('keeps a failover until the ledger takes it, and tells it then', async () => {
  let tries = 0;
  const { recorder, told } = setup({ isAway: () => (tries += 1) < 3 });
  const failover = buildFailover();
  recorder.record(failover);
  await recorder.flush();
  expect(told).toEqual([failover]);
});

it('ends with the process, whether the ledger is there or not', async () => {
  const { recorder, written, told } = setup({ isAway: () => written.length === 1 });
  recorder.record(buildFailover());
  recorder.record(buildFailover());
  await recorder.stop();
  await recorder.stop();
  expect(written).toHaveLength(1);
  expect(told).toEqual(written);
});
