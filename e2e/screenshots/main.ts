import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { findChromium } from '../../shared/src/embedded/set-up/chromium.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';
import { rehearse } from './rehearse.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SIZE = { width: 1280, height: 860 };

await main();

/** Takes the pictures of `docs/console.md`, of a product that has answered the demo's questions. */
async function main() {
  await using stack = new AsyncDisposableStack();
  const dataDir = makeDataDir();
  stack.defer(() => removeData(dataDir));
  const product = await startProduct({ dataDir, env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  stack.defer(async () => void (await product.stop()));
  const { jobId, stop } = await rehearse(product);
  stack.defer(stop);

  const executablePath = findChromium(process.env);
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
  });
  stack.defer(() => browser.close());
  const page = await browser.newPage({ viewport: SIZE, reducedMotion: 'reduce' });
  await page.goto(`${product.url}/login`);
  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${product.url}/`);

  await mkdir(IMAGES, { recursive: true });
  const pictures = [
    { name: 'overview', path: '/' },
    { name: 'processing', path: '/processing' },
    { name: 'job', path: `/jobs/${jobId}` },
    { name: 'providers', path: '/advanced/providers' },
  ];
  for (const { name, path } of pictures) {
    await page.goto(product.url + path);
    await page.getByText(/^Updated/).waitFor();
    await page.waitForFunction('!document.querySelector("main [aria-busy=true]")');
    await page.screenshot({ path: `${IMAGES}${name}.png` });
    console.log(`docs/images/${name}.png`);
  }
}
