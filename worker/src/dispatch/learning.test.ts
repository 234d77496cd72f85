import { describe, expect, it } from 'vitest';
import { logNormal, simulate, type Simulation, useSimulatedTime } from '../testing/dispatch-simulation.ts';

useSimulatedTime();

const spare = () => 400;
const short = logNormal(300, 400);
const long = logNormal(2_000, 3_000);
/** Answers to short texts or to long ones, by the place of the call from 0. */
function answering(isLong: (call: number) => boolean) {
  let calls = 0;
  return (random: () => number) => (isLong((calls += 1) - 1) ? long(random) : short(random));
}
const countAnswers = ({ attempts }: Simulation) =>
  attempts.filter(({ provider, outcome }) => provider === 'main' && outcome === 'succeeded').length;

describe.each([0.2, 2])('a healthy provider that is known to be quick (%d jobs a second)', (rate) => {
  it('is learned anew when its texts become longer', async () => {
    for (const seed of [1, 2, 3]) {
      const main = answering((call) => call >= 120);
      const simulation = await simulate({ seed, jobs: 1_000, rate, providers: { main, spare } });
      expect(simulation.opened.length).toBeLessThanOrEqual(3);
      expect(countAnswers(simulation)).toBeGreaterThan(750);
    }
  });

  it('is not shut out where short and long texts come in turns', async () => {
    for (const seed of [1, 2, 3]) {
      const main = answering((call) => Math.floor(call / 150) % 2 === 1);
      const simulation = await simulate({ seed, jobs: 1_500, rate, providers: { main, spare } });
      // At most about two for each time that the texts become longer.
      expect(simulation.opened.length).toBeLessThanOrEqual(12);
      expect(countAnswers(simulation)).toBeGreaterThan(750);
    }
  });
});
