import { parseArgs } from 'node:util';
import { toPartNames } from './parts/parts.ts';
import { runBench } from './run-bench.ts';

const HELP = `npm run bench -- [parts] [--rounds N] [--quick]   measures how fast Understudy is, and writes docs/benchmarks.md

  floor      jobs a second beside a bare BullMQ worker
  overhead   what is added to a call, and the round trips to the stores for a job
  submit     submits a second and how long each takes
  growth     the same with up to a million finished jobs stored
  scale      1, 2 and 4 worker processes

Without names all of them, which takes about 35 minutes.

  --rounds   how often each side has its turn; 3 unless it is said
  --quick    tries whether everything still runs, in little time; its figures say nothing and are not written down
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(HELP);
else await main();

async function main() {
  const names = toPartNames(positionals);
  const rounds = values.quick ? 1 : Math.max(1, Math.floor(Number(values.rounds)) || 1);
  const bars = await runBench({ names, quick: values.quick, rounds, print: (line) => console.log(line) });
  const missed = bars.filter(({ isMet }) => !isMet);
  if (values.quick) return;
  console.log(`\n${bars.length - missed.length} of ${bars.length} bars are met.`);
  for (const { name, target, value } of missed) console.log(`not met: ${name}: ${value}, wanted ${target}`);
}
