import { expect, it } from 'vitest';
import { HARMS } from './harms.ts';
import { runChaos } from './run-chaos.ts';

it('ends, tells and charges every job once while everything is killed, frozen and wiped in turn', async () => {
  const report = await runChaos({ seed: 3, seconds: 0, rate: 15, untilSettled: false });
  expect(report.harms.toSorted()).toEqual(Object.keys(HARMS).toSorted());
  // Else nothing was shown.
  expect(report.accepted).toBeGreaterThan(200);
  expect(report).toMatchObject({
    acceptedOtherwise: 0,
    failed: {},
    lost: 0,
    announcedOtherwise: 0,
    chargedOtherwise: 0,
    miscounted: { requests: 0, costNanoUsd: 0 },
  });
}, 240_000);
