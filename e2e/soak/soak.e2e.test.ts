import { expect, it } from 'vitest';
import { runSoak } from './run-soak.ts';

it('answers every job once and in time while faults come over two of three providers and go again', async () => {
  const report = await runSoak({ seed: 7, seconds: 20, rate: 15, workers: 2 });
  expect(report).toMatchObject({
    accepted: 300,
    inTime: 300,
    failed: {},
    lost: 0,
    announcedOtherwise: 0,
    chargedOtherwise: 0,
  });
  // Else nothing was shown.
  expect(report.failovers).toBeGreaterThan(0);
  expect(report.outages.length).toBeGreaterThan(2);
}, 240_000);
