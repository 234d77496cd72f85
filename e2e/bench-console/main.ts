import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openBrowser } from '../support/open-browser.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';
import { fillProduct } from './fill-product.ts';
import { measureExplorer } from './measure-explorer.ts';
import { measurePages } from './measure-pages.ts';
import { measureVitals } from './measure-vitals.ts';
import { formatTimings, formatVitals } from './report.ts';

const HELP = `npm run bench:console -- [options]   times each page of the console, from the click to its data

  --jobs N     jobs that are stored (default 100000)
  --rounds N   how often each page is opened (default 9)
`;

/** What each page has from the click until it shows its data. */
const TARGET_MS = 500;

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '9' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(HELP);
else await main(Number(values.jobs), Number(values.rounds));

async function main(jobs: number, rounds: number) {
  await using stack = new AsyncDisposableStack();
  const dataDir = makeDataDir();
  stack.defer(() => removeData(dataDir));
  const product = await startProduct({ dataDir, env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  stack.defer(async () => void (await product.stop()));
  const filled = await fillProduct(product, jobs);
  stack.defer(() => filled.stop());

  const { page, close } = await openBrowser(product, { width: 1280, height: 900 });
  stack.defer(close);
  const timings = await measurePages(page, product.url, rounds);
  timings.push(...(await measureExplorer(page, product.url, rounds)));
  const vitals = await measureVitals(page, product.url);
  const load = loadavg().map((average) => average.toFixed(1));
  console.log(
    `${filled.providers} providers, ${jobs} jobs stored, ${rounds} rounds; load average ${load.join(', ')}`,
  );
  console.log(`\nFrom the click to the data:\n\n${formatTimings(timings, TARGET_MS)}`);
  console.log(`\nLoaded anew, from an empty cache:\n\n${formatVitals(vitals)}`);
}
