import { chromium } from '@playwright/test';
import { parseArgs } from 'node:util';
import { findChromium } from '../../shared/src/embedded/set-up/chromium.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';
import { fillProduct } from './fill-product.ts';
import { measureExplorer } from './measure-explorer.ts';
import { measurePages } from './measure-pages.ts';
import { formatTable } from './report.ts';

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

  const executablePath = findChromium(process.env);
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
  });
  stack.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${product.url}/login`);
  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${product.url}/`);

  const timings = await measurePages(page, product.url, rounds);
  timings.push(...(await measureExplorer(page, product.url, rounds)));
  console.log(
    `${filled.providers} providers, ${jobs} jobs stored, ${rounds} rounds, from the click to the data:\n`,
  );
  console.log(formatTable(timings, TARGET_MS));
}
