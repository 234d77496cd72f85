import { expect, test } from '@playwright/test';
import { useConsole } from './support/console-stage.ts';
import { enterToken, expectAccessible, signIn, signInByHand } from './support/console.ts';

const stage = useConsole();

test('signs in by the one-time link, whose code leaves the address, and only once', async ({ page }) => {
  await page.goto(stage().product.loginLink);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  expect(page.url()).toBe(`${stage().product.url}/`);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/login`);
  await page.goto(stage().product.loginLink);
  await expect(page.getByRole('alert')).toContainText('npx understudy login');
  expect(page.url()).not.toContain('#');
  await expectAccessible(page);
});

test('refuses a wrong token and takes the right one, on to where one was going', async ({ page }) => {
  await page.goto(`${stage().product.url}/advanced/providers`);
  await enterToken(page, 'ust_wrong');
  await expect(page.getByText('This token is not valid.')).toBeVisible();
  await expectAccessible(page);

  await enterToken(page, stage().product.adminToken);
  await expect(page).toHaveURL(`${stage().product.url}/advanced/providers`);
});

test('goes back to the sign-in when the session has ended, and then on again', async ({ page, context }) => {
  await signInByHand(page, stage(), '/playground');
  await context.clearCookies();
  // What the page reads by itself may meet the end of the session before the click does.
  const heading = page.getByRole('heading', { name: 'Sign in' });
  await Promise.race([page.getByRole('link', { name: 'Providers' }).click(), heading.waitFor()]);
  await expect(heading).toBeVisible();
  await enterToken(page, stage().product.adminToken);
  await expect(page).toHaveURL(/\/(advanced\/providers|playground)$/);
});

test('goes on in a tab that waits for a sign-in once another tab has signed in', async ({
  page,
  context,
}) => {
  await page.goto(`${stage().product.url}/advanced/providers`);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('Sign in');
  await signIn(await context.newPage(), stage());
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(heading).toHaveText('Providers');
  await expect(page).toHaveURL(`${stage().product.url}/advanced/providers`);

  await page.goto(`${stage().product.url}/login?next=%2Fjobs`);
  await expect(page).toHaveURL(`${stage().product.url}/jobs`);
});

test('goes on as whoever has signed in by another tab, without what the first had typed', async ({
  page,
}) => {
  const { product, client } = stage();
  const typed = 'My card was stolen on the bus';
  const { token } = await client.tokens.create({ name: 'Bob', client: 'shop', scopes: ['jobs:write'] });
  await signInByHand(page, stage(), '/playground');
  await page.getByLabel('Text').fill(typed);
  await signIn(await page.context().newPage(), stage(), '/', token);

  await expect(page.getByRole('complementary').getByText('Bob')).toBeVisible();
  await expect(page).toHaveURL(`${product.url}/`);
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await expect(page.getByLabel('Text')).not.toHaveValue(typed);
});

test('says why there is nothing to see while the ledger is away, and shows it once it is back', async ({
  page,
}) => {
  await page.route('**/api/session', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'The store is away.' }),
    }),
  );
  await signIn(page, stage());
  const problem = page.getByRole('alert').filter({ hasText: 'The ledger did not answer in time.' });
  await expect(problem).toContainText('This page tries again by itself.');
  await expectAccessible(page);

  await page.unroute('**/api/session');
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText('Availability');
  await expect(problem).toHaveCount(0);
});

test('begins at the heading of a page that one goes to, and leaves the focus of the first one alone', async ({
  page,
}) => {
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 });
  await signIn(page, stage());
  await page.getByRole('link', { name: 'Jobs', exact: true }).press('Enter');
  await expect(heading('Jobs')).toBeFocused();

  await page.goto(`${stage().product.url}/jobs`);
  await expect(heading('Jobs')).toBeVisible();
  await expect(page.locator('body')).toBeFocused();
  await page.getByRole('link', { name: 'Overview', exact: true }).press('Enter');
  await expect(heading('Overview')).toBeFocused();
});

test('says when it was updated, and truthfully that it is paused', async ({ page }) => {
  await signInByHand(page, stage());
  await expect(page.getByText(/^Updated \d\d:\d\d:\d\d$/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await expect(page.getByText(/^Paused · as of \d\d:\d\d:\d\d$/)).toBeVisible();
});

test('classifies a text in the playground and shows the attempt, also by its link', async ({ page }) => {
  await signInByHand(page, stage(), '/playground');
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
  await page.goto(stage().product.url);
  await expect(page.getByRole('link', { name: 'lost or stolen card' })).toBeVisible();
});

test('fits 360 pixels, with its sections in a menu', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signInByHand(page, stage());
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
  await page.goto(`${stage().product.url}/admin/queues`);
  await enterToken(page, stage().product.adminToken);
  await expect(page).toHaveURL(/\/admin\/queues/);
  await expect(page.getByText('classify', { exact: true }).first()).toBeVisible();
});

test('shows the docs of the API, also on 360 pixels and without scripts', async ({ page }) => {
  // One page of 14,000 elements, each of which is looked at.
  test.slow();
  await page.goto(`${stage().product.url}/api/docs`);
  await expect(page.getByRole('heading', { name: /^Understudy API/, level: 1 })).toBeVisible();
  await page.getByRole('navigation').getByText('Providers', { exact: true }).click();
  await page.getByRole('link', { name: 'POST /api/providers', exact: true }).click();
  await expect(page).toHaveURL(/#createProvider$/);
  const operation = page.locator('#createProvider');
  await expect(operation.getByRole('heading', { level: 3 })).toBeInViewport();
  await operation.getByText('curl', { exact: true }).click();
  await expect(operation.getByText(`curl -X POST "${stage().product.url}/api/providers"`)).toBeVisible();
  await expect(page.locator('h1')).toHaveCSS('margin-top', '0px');
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  expect(await page.locator('script').count()).toBe(0);
});
