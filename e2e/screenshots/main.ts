import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { expect, type Page } from '@playwright/test';
import { openBrowser } from '../support/open-browser.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';
import { toAllPictures, toDocsPictures, type Picture } from './pictures.ts';
import { rehearse } from './rehearse.ts';

const HELP = `npm run screenshots -- [options]   takes the pictures of docs/console.md

  --all FOLDER   instead, every page into a folder: in both themes, on 360 pixels, and very wide
`;

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** Parts that are loaded after the figures are there by then. */
const SETTLED_MS = 2_000;
const USUAL = { width: 1280, height: 860 };
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 2200, height: 1200 };

const { values } = parseArgs({ options: { all: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help) console.log(HELP);
else await main(values.all);

/** Of a product that has answered the demo's questions. */
async function main(all: string | undefined) {
  await using stack = new AsyncDisposableStack();
  const dataDir = makeDataDir();
  stack.defer(() => removeData(dataDir));
  const product = await startProduct({ dataDir, env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  stack.defer(async () => void (await product.stop()));
  const rehearsed = await rehearse(product);
  stack.defer(rehearsed.stop);
  const { page, close } = await openBrowser(product, USUAL);
  stack.defer(close);
  await page.emulateMedia({ reducedMotion: 'reduce' });

  if (all === undefined)
    await take(page, product.url, { pictures: toDocsPictures(rehearsed), folder: IMAGES });
  else await takeAll(page, product.url, { pictures: toAllPictures(rehearsed), folder: all });
}

async function takeAll(page: Page, url: string, { pictures, folder }: Takes) {
  await take(page, url, { pictures, folder: path.join(folder, 'light'), isWhole: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, url, { pictures, folder: path.join(folder, 'dark'), isWhole: true });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(NARROW);
  await take(page, url, { pictures, folder: path.join(folder, 'narrow'), isWhole: true });
  await page.setViewportSize(WIDE);
  await take(page, url, { pictures, folder: path.join(folder, 'wide') });
}

interface Takes {
  pictures: readonly Picture[];
  folder: string;
  /** To the end of the page, and not only what is seen at first. */
  isWhole?: boolean;
}

async function take(page: Page, url: string, { pictures, folder, isWhole = false }: Takes) {
  await mkdir(folder, { recursive: true });
  for (const { name, path: address } of pictures) {
    await page.goto(url + address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByText('Loading …')).toHaveCount(0, { timeout: 30_000 });
    await page.waitForTimeout(SETTLED_MS);
    const file = path.join(folder, `${name}.png`);
    await page.screenshot({ path: file, fullPage: isWhole });
    console.log(path.relative(process.cwd(), file));
  }
}
