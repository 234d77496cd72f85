import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Product } from './product.ts';

/** Signs in as the admin, or with another token, on to a page of the console. */
export async function signIn(page: Page, product: Product, path = '/', token = product.adminToken) {
  await page.goto(`${product.url}/login?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
}

/** What no page may do, gathered as it happens: an error in its console, or a request to another host. */
export function watchFaults(page: Page, product: Product): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // The browser reports every 4xx itself; which of them are right is for the tests to say.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(product.url) || request.url().startsWith('blob:');
    if (!isOwn) faults.push(`elsewhere: ${request.url()}`);
  });
  return faults;
}

/** No serious finding of axe on the page as it stands, in either theme. */
export async function expectAccessible(page: Page) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}
