import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import type { NewClassification } from '../../shared/src/client/classifications.ts';
import type { Classification } from '../../shared/src/contracts/classification.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { makeDataDir, removeData, startProduct, type Product } from './product.ts';

/** One running product whose console is looked at, with fake vendors behind its providers. */
export interface ConsoleStage {
  product: Product;
  client: Client;
  /** The vendor behind the provider of this name. */
  vendor(name: string): FakeVendor;
  /** Submits a job and waits for its end. */
  run(job?: Partial<NewClassification>): Promise<Classification>;
}

interface StageOptions {
  /** Names of providers, in the order in which they are tried. */
  providers?: readonly string[];
  /** What has to be there before the first test. */
  prepare?: (stage: ConsoleStage) => Promise<void>;
}

const MODEL = 'gpt-4o-mini';
const PATIENCE_S = 30;

/**
 * Starts the product once for the spec file, and holds every page of it to what no page may do, whatever else a test
 * looks at: an error in the console, or a request to another host. For the top level of a spec file.
 */
export function useConsole({ providers = [], prepare }: StageOptions = {}): () => ConsoleStage {
  let stage: ConsoleStage;
  const vendors = new Map<string, FakeVendor>();
  const faults: string[] = [];

  test.beforeAll(async () => {
    test.setTimeout(90_000);
    const product = await startProduct({
      dataDir: makeDataDir(),
      env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' },
    });
    const client = createClient({ baseUrl: product.url, token: product.adminToken });
    for (const [index, name] of providers.entries()) {
      const vendor = await startFakeOpenAi({ models: [MODEL] });
      vendors.set(name, vendor);
      await client.providers.create({
        name,
        type: 'openai',
        apiKey: 'sk-rehearsal-0123456789',
        baseUrl: vendor.url,
        priority: (index + 1) * 10,
        configuration: { model: MODEL },
      });
    }
    stage = {
      product,
      client,
      vendor(name) {
        const vendor = vendors.get(name);
        if (!vendor) throw new Error(`No provider is called ${name}.`);
        return vendor;
      },
      run: (job = {}) =>
        client.classifications.submit(
          { text: 'It is about billing', labels: ['billing', 'bug'], ...job } as NewClassification,
          { waitSeconds: PATIENCE_S },
        ),
    };
    await prepare?.(stage);
  });

  test.afterAll(async () => {
    await stage.product.stop();
    for (const vendor of vendors.values()) await vendor.stop();
    removeData(stage.product.dataDir);
  });

  test.beforeEach(({ context }) => {
    faults.length = 0;
    context.on('weberror', (error) => faults.push(`uncaught: ${error.error().message}`));
    context.on('console', (message) => {
      // The browser reports every 4xx itself; which of them are right is for the tests to say.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        faults.push(`console: ${message.text()}`);
      }
    });
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(stage.product.url) && !url.startsWith('blob:')) faults.push(`elsewhere: ${url}`);
    });
  });

  test.afterEach(() => {
    expect(faults).toEqual([]);
  });
  return () => stage;
}

/** Signs in by a token, the admin's unless another is given, and goes to a page. */
export async function signIn(page: Page, { product }: ConsoleStage, path = '/', token = product.adminToken) {
  await page.goto(`${product.url}/login?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  // Off the page's lists: they keep still while somebody points at them.
  await page.mouse.move(0, 0);
}

/** No violation at all of what axe checks, in both themes, with whatever is open now. */
export async function expectAccessible(page: Page) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}
