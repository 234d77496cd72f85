import { expect, test, type Page } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

// Files of the console that are loaded later, with an API that is away just then, or that has another console by now.

const stage = useConsole();

const go = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
const notice = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text });

/** How often the browser has loaded the console itself, by what it asks for first. */
function countLoads(page: Page) {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  return () => loads;
}

test('says that a page waits for an API that is away, and opens it once that is back', async ({
  page,
  context,
}) => {
  await signIn(page, stage());
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText('Availability');
  const loads = countLoads(page);
  await context.setOffline(true);
  await go(page, 'Tokens');
  await expect(notice(page, 'The page opens once it does.')).toBeVisible();
  await expect(heading(page, 'Overview')).toBeVisible();
  await expectAccessible(page);

  await context.setOffline(false);
  await expect(heading(page, 'Tokens')).toBeVisible();
  await expect(notice(page, 'The page opens once it does.')).toHaveCount(0);
  expect(loads()).toBe(0);
});

test('lets one go elsewhere while a page waits', async ({ page, context }) => {
  await signIn(page, stage(), '/jobs');
  await expect(heading(page, 'Jobs')).toBeVisible();
  await go(page, 'Overview');
  await expect(heading(page, 'Overview')).toBeVisible();
  await context.setOffline(true);
  await go(page, 'Audit');
  await expect(notice(page, 'The page opens once it does.')).toBeVisible();
  await go(page, 'Jobs');
  await expect(heading(page, 'Jobs')).toBeVisible();
  await expect(notice(page, 'The page opens once it does.')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText(/^Updated \d\d:\d\d:\d\d$/)).toBeVisible();
  await expect(heading(page, 'Jobs')).toBeVisible();
});

test('brings the palette that was asked for while the API was away', async ({ page, context }) => {
  await signIn(page, stage());
  await context.setOffline(true);
  await page.keyboard.press('Control+k');
  await context.setOffline(false);
  await expect(page.getByRole('dialog', { name: 'Go to, or do' })).toBeVisible();
});

test('goes on in the console of an upgrade, at the address that was asked for', async ({ page }) => {
  await signIn(page, stage());
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText('Availability');
  const loads = countLoads(page);
  // What an earlier console knows by its name is not served any more; the one that is loaded next knows others.
  const old = '**/assets/AuditPage-*.js';
  await page.route(old, (route) => (loads() > 0 ? route.continue() : route.fulfill({ status: 404 })));
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(heading(page, 'Audit')).toBeVisible();
  expect(page.url()).toBe(`${stage().product.url}/audit`);
  expect(loads()).toBe(1);
});

test('does not load the console again and again where a file stays away, and says what to do', async ({
  page,
}) => {
  await signIn(page, stage());
  const loads = countLoads(page);
  await page.route('**/assets/AuditPage-*.js', (route) => route.fulfill({ status: 404 }));
  await go(page, 'Audit');
  await expect(notice(page, 'The console was upgraded meanwhile.')).toBeVisible();
  await expectAccessible(page);
  expect(loads()).toBe(1);

  await page.unroute('**/assets/AuditPage-*.js');
  await page.getByRole('button', { name: 'Load the new one' }).click();
  await expect(heading(page, 'Audit')).toBeVisible();
});

test('leaves a form alone whose part is gone, and offers the new console', async ({ page }) => {
  await signIn(page, stage(), '/advanced/failover');
  await page.getByLabel('Started after').fill('1234');
  const loads = countLoads(page);
  await page.route('**/assets/AppPalette-*.js', (route) => route.fulfill({ status: 404 }));
  await page.keyboard.press('Control+k');
  await expect(notice(page, 'The console was upgraded meanwhile.')).toBeVisible();
  expect(loads()).toBe(0);
  await page.getByRole('button', { name: 'Load the new one' }).click();
  await expect(page.getByLabel('Started after')).toHaveValue('1234');
});
