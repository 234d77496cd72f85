import { parseArgs } from 'node:util';
import { runSoak } from './run-soak.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
  },
});
const seed = Number(values.seed);
const rate = Number(values.rate);
const workers = Number(values.workers);
const seconds = Number(values.minutes) * 60;

console.log(
  `Soaking for ${values.minutes} minutes with ${rate} jobs a second on ${workers} workers, seed ${seed} ...`,
);
const { outages, ...report } = await runSoak({ seed, seconds, rate, workers });
console.log(JSON.stringify({ ...report, outages: outages.length }, null, 2));

const share = report.inTime / report.accepted;
const isGood = share >= 0.999 && report.lost + report.announcedOtherwise + report.chargedOtherwise === 0;
console.log(`${(share * 100).toFixed(3)} % answered within 30 s: ${isGood ? 'good' : 'NOT GOOD'}`);
process.exitCode = isGood ? 0 : 1;
