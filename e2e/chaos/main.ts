import { runChaos } from './run-chaos.ts';
const { seed = '1', rounds = '1' } = Object.fromEntries(
  process.argv.slice(2).map((a) => a.replace('--', '').split('=')),
);
const report = await runChaos({
  seed: Number(seed),
  rounds: Number(rounds),
  rate: 20,
  untilSettled: true,
  report: (l) => console.log(new Date().toISOString(), l),
});
console.log(JSON.stringify(report, null, 2));
process.exit(0);
