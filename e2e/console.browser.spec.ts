import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { freePort } from '../shared/src/embedded/free-port.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';

let product: Product;
/** Where nothing listens, so that a provider there fails at once. */
let closedUrl: string;

test.beforeAll(async () => {
  test.setTimeout(90_000);
  closedUrl = `http://127.0.0.1:${await freePort()}/v1`;
  product = await startProduct({ dataDir: makeDataDir(), env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
});

test.afterAll(async () => {
  await product.stop();
  removeData(product.dataDir);
});

/** What no page may do, whatever else a test looks at: an error in the console, or a request to another host. */
const faults: string[] = [];

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
    if (!request.url().startsWith(product.url)) faults.push(`elsewhere: ${request.url()}`);
  });
});

test.afterEach(() => {
  expect(faults).toEqual([]);
});

async function signIn(page: Page, path = '/') {
  await page.goto(`${product.url}/login?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
}

async function expectAccessible(page: Page) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}

test('signs in by the one-time link, whose code leaves the address, and only once', async ({ page }) => {
  await page.goto(product.loginLink);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  expect(page.url()).toBe(`${product.url}/`);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${product.url}/login`);
  await page.goto(product.loginLink);
  await expect(page.getByRole('alert')).toContainText('npx understudy login');
  expect(page.url()).not.toContain('#');
  await expectAccessible(page);
});

test('refuses a wrong token and takes the right one, on to where one was going', async ({ page }) => {
  await page.goto(`${product.url}/advanced/providers`);
  await page.getByLabel('Token').fill('ust_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('This token is not valid.')).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${product.url}/advanced/providers`);
});

test('goes back to the sign-in when the session has ended, and then on again', async ({ page, context }) => {
  await signIn(page, '/playground');
  await context.clearCookies();
  await page.getByRole('link', { name: 'Providers' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${product.url}/advanced/providers`);
});

test('shows the fresh installation on Overview, with first steps', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Submit by curl' })).toContainText(
    '$(cat .understudy/admin-token)',
  );
  await expect(page.getByText(/^Updated \d\d:\d\d:\d\d$/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await expect(page.getByText(/^Paused · as of \d\d:\d\d:\d\d$/)).toBeVisible();
  await expectAccessible(page);
});

test('lists the local provider as healthy and tests it', async ({ page }) => {
  await signIn(page, '/advanced/providers');
  const local = page.getByRole('rowgroup', { name: 'local' });
  await expect(local.getByText('healthy')).toBeVisible({ timeout: 40_000 });
  await local.getByRole('button', { name: 'Test local' }).click();
  await expect(local.getByRole('status')).toContainText('It works: answered in');
  await expectAccessible(page);

  await local.getByRole('link', { name: 'local', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'local', level: 1 })).toBeVisible();
  await expect(page.getByRole('figure')).toContainText('healthy');
  await expectAccessible(page);
});

test('adds a provider with messages at the fields, tests it in words, switches it off and deletes it', async ({
  page,
}) => {
  await signIn(page, '/advanced/providers/new');
  await page.getByRole('radio', { name: 'OpenAI-compatible' }).check();
  await page.getByLabel('Name').fill('not a name');
  await page.getByLabel('Base URL').fill('nonsense');
  await page.getByRole('button', { name: 'Add provider' }).click();
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/must be 1-64 of/i);
  await expect(page.getByLabel('Base URL')).toHaveAccessibleDescription(/must be an http or https address/i);
  await expect(page.getByRole('textbox', { name: 'Model' })).toHaveAccessibleDescription(/Is required/);
  await expect(page.getByLabel('Name')).toBeFocused();
  await expectAccessible(page);

  await page.getByLabel('Name').fill('nobody');
  await page.getByRole('textbox', { name: 'Model' }).fill('some-model');
  await page.getByLabel('Base URL').fill(closedUrl);
  await page.getByRole('button', { name: 'Add provider' }).click();
  await expect(page.getByRole('heading', { name: 'nobody', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByRole('status')).toContainText('It could not be reached');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByText('Switched off: it gets no jobs.')).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Priority').fill('70');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('definition').filter({ hasText: /^70$/ })).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete nobody?' });
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill('nobody');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(`${product.url}/advanced/providers`);
  await expect(page.getByRole('link', { name: 'nobody' })).toHaveCount(0);
});

test('classifies a text in the playground and shows the attempt, also by its link', async ({ page }) => {
  await signIn(page, '/playground');
  await expectAccessible(page);
  await page.getByLabel('Text').fill('My card was stolen on the bus, please block it');
  await page.getByRole('button', { name: 'Classify' }).click();
  const answer = page.getByRole('region', { name: 'Answer' });
  await expect(answer.getByText('lost or stolen card').first()).toBeVisible();
  await expect(answer.getByText('1 attempt')).toBeVisible();
  await expect(answer.getByText('A degraded answer.')).toBeVisible();
  await expect(page).toHaveURL(/\/playground\?job=job_/);
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByLabel('Text')).toHaveValue('My card was stolen on the bus, please block it');
  await expect(answer.getByText('1 attempt')).toBeVisible();
  await page.goto(product.url);
  await expect(page.getByRole('link', { name: 'lost or stolen card' })).toBeVisible();
});

test('fits 360 pixels, with its sections in a menu', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page);
  for (const name of ['Playground', 'Providers', 'Overview']) {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.locator('#menu').getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await expect(page.getByText(/Loading …/)).toHaveCount(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await expectAccessible(page);
  }
});

test('leads to Bull Board where that is what one had asked for', async ({ page }) => {
  await page.goto(`${product.url}/admin/queues`);
  await page.getByLabel('Token').fill(product.adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/admin\/queues/);
  await expect(page.getByText('classify', { exact: true }).first()).toBeVisible();
});

test('shows the docs of the API, also on 360 pixels and without scripts', async ({ page }) => {
  await page.goto(`${product.url}/api/docs`);
  await expect(page.getByRole('heading', { name: /^Understudy API/, level: 1 })).toBeVisible();
  await page.getByRole('navigation').getByText('Providers', { exact: true }).click();
  await page.getByRole('link', { name: 'POST /api/providers', exact: true }).click();
  await expect(page).toHaveURL(/#createProvider$/);
  const operation = page.locator('#createProvider');
  await expect(operation.getByRole('heading', { level: 3 })).toBeInViewport();
  await operation.getByText('curl', { exact: true }).click();
  await expect(operation.getByText(`curl -X POST "${product.url}/api/providers"`)).toBeVisible();
  await expect(page.locator('h1')).toHaveCSS('margin-top', '0px');
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  expect(await page.locator('script').count()).toBe(0);
});
