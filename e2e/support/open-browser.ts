import { chromium, type Page } from '@playwright/test';
import { findChromium } from '../../shared/src/testing/set-up/chromium.ts';
import { enterToken } from './console.ts';
import type { Product } from './product.ts';

interface OpenBrowser {
  page: Page;
  close(): Promise<void>;
}

/** A browser of its own, outside of any test, that is signed in to the console as the admin. */
export async function openBrowser(
  product: Product,
  viewport: { width: number; height: number },
): Promise<OpenBrowser> {
  const executablePath = findChromium(process.env);
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport });
  await page.goto(`${product.url}/login`);
  await enterToken(page, product.adminToken);
  await page.waitForURL(`${product.url}/`);
  return { page, close: () => browser.close() };
}
