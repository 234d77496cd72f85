import { expect, it } from 'vitest';
import { simulate, useSimulatedTime } from '../testing/dispatch-simulation.ts';

useSimulatedTime();

it.each([
  { places: 2, answersMs: 50 },
  { places: 8, answersMs: 150 },
])('switches all of a rush from a silent provider within 5 s to one with few places (%j)', async (few) => {
  const { places, answersMs } = few;
  const simulation = await simulate({
    seed: 1,
    jobs: 40,
    rate: 1_000_000,
    providers: { main: () => null, spare: () => answersMs },
    maxConcurrency: { spare: places },
  });
  expect(simulation.jobs.map(({ end }) => end.kind)).toEqual(Array(40).fill('succeeded'));
  expect(simulation.jobs.filter(({ tookMs }) => tookMs >= 5_000)).toEqual([]);
});
