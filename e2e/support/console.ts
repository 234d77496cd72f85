import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import { makeDataDir, removeData, startProduct, type Product } from './product.ts';

export interface ConsoleBed {
  product: Product;
  /** The API as the admin, to set a scene and to see what a click has done. */
  client: Client;
  /** Signs in as the admin, or with another token, and goes on to a page. */
  signIn(page: Page, path?: string, token?: string): Promise<void>;
}

/**
 * One product for the tests of a file, and what no page may do, whatever else a test looks at: an error in the console,
 * or a request to another host.
 */
export function setUpConsole(): ConsoleBed {
  const bed = {} as ConsoleBed;
  const faults: string[] = [];

  test.beforeAll(async () => {
    test.setTimeout(90_000);
    bed.product = await startProduct({
      dataDir: makeDataDir(),
      env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' },
    });
    bed.client = createClient({ baseUrl: bed.product.url, token: bed.product.adminToken });
  });
  test.afterAll(async () => {
    await bed.product.stop();
    removeData(bed.product.dataDir);
  });
  test.beforeEach(({ page }) => {
    faults.length = 0;
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      // The browser reports every 4xx itself; which of them are right is for the tests to say.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        faults.push(`console: ${message.text()}`);
      }
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(bed.product.url)) faults.push(`elsewhere: ${request.url()}`);
    });
  });
  test.afterEach(() => {
    expect(faults).toEqual([]);
  });

  bed.signIn = async (page, path = '/', token = bed.product.adminToken) => {
    await page.goto(`${bed.product.url}/login?next=${encodeURIComponent(path)}`);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  };
  return bed;
}

/** No violation that axe calls serious or critical, in either theme. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}
