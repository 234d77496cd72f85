import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '20' },
  },
});
const seed = Number(values.seed);
const rate = Number(values.rate);

console.log(`Harming for ${values.minutes} minutes with ${rate} jobs a second, seed ${seed} ...`);
const { harms, ...report } = await runChaos({
  seed,
  rate,
  seconds: Number(values.minutes) * 60,
  untilSettled: true,
  report: (line) => console.log(`${new Date().toISOString()} ${line}`),
});
console.log(JSON.stringify({ harms: harms.length, ...report }, null, 2));

const { lost, acceptedOtherwise, announcedOtherwise, chargedOtherwise, pending, miscounted } = report;
const faults = [lost, acceptedOtherwise, announcedOtherwise, chargedOtherwise, pending];
const isGood = [...faults, ...Object.values(miscounted), ...Object.values(report.failed)].every(
  (count) => count === 0,
);
console.log(
  `${report.accepted} accepted, ${report.repeatedCalls} calls repeated: ${isGood ? 'good' : 'NOT GOOD'}`,
);
process.exitCode = isGood ? 0 : 1;
