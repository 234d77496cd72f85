import { expect, test, type Page } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

const stage = useConsole({
  providers: ['main', 'spare'],
  // A provider that breaks down is seen to be down within seconds.
  prepare: async ({ client }) => {
    await client.config.update({ healthCheck: { intervalMs: 1_000, unhealthyAfter: 2, healthyAfter: 1 } });
  },
});

const health = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Health' }).getByRole('listitem').filter({ hasText: name });

test('says before any job what there will be, and draws no empty chart', async ({ page }) => {
  await signIn(page, stage(), '/processing');
  await expect(page.getByText('No provider was called in this time')).toBeVisible();
  await expect(page.getByText('No answer in this time.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Failovers' })).toContainText('None');
  await expect(page.getByRole('region', { name: 'Compared' })).toHaveCount(0);
  await expect(health(page, 'main')).toContainText('healthy');
  await expectAccessible(page);
});

test('compares providers, marks changes and shows each failover’s time-line in place', async ({ page }) => {
  const { client, vendor, run } = stage();
  await run();
  vendor('main').respondWith({ kind: 'status', status: 500 }, { kind: 'status', status: 500 });
  const job = await run();
  expect(job.provider?.name).toBe('spare');
  await client.providers.update('spare', { priority: 25 });

  await signIn(page, stage(), '/processing?window=1h');
  const table = page.getByRole('region', { name: 'Table: what each provider did' });
  await expect(table.getByRole('row').filter({ hasText: 'spare' })).toContainText('50 %');
  const charts = page.getByRole('region', { name: 'Compared' });
  await expect(charts.getByRole('img')).toHaveCount(4);
  await expect(charts).toContainText('2 server error');
  await charts.getByText(/changes? by operators marked/).click();
  await expect(charts.getByRole('listitem').filter({ hasText: 'updated spare' })).toBeVisible();

  const log = page.getByRole('region', { name: 'Failovers', exact: true });
  await log.getByRole('button', { name: /^Time-line/ }).click();
  await expect(log.getByText('failed', { exact: true }).first()).toBeVisible();
  await expectAccessible(page);
  await log.getByLabel('Failovers with a fault').selectOption('timeout');
  await expect(log).toContainText('None');
  await expect(page).toHaveURL(/fault=timeout/);
  await log.getByLabel('Failovers with a fault').selectOption('server_error');
  await log.getByRole('link', { name: 'Open the job' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/jobs/${job.id}`);
});

test('tells a provider that is off from one whose health is not known', async ({ page }) => {
  const { client, run } = stage();
  await run();
  await client.providers.update('spare', { enabled: false });
  await signIn(page, stage(), '/processing');
  const table = page.getByRole('region', { name: 'Table: what each provider did' });
  const row = (name: string) => table.getByRole('row').filter({ hasText: name });
  await expect(row('spare').getByText('off', { exact: true })).toBeVisible();
  await expect(health(page, 'spare').getByText('off', { exact: true })).toBeVisible();
  await expect(row('main').getByText('healthy', { exact: true })).toBeVisible();

  await page.route(/\/api\/providers(\/health)?\?|\/api\/providers\/health$/, (route) => route.abort());
  await page.reload();
  await expect(row('main')).toContainText('–');
  await expect(table.getByText('off', { exact: true })).toHaveCount(0);
  await client.providers.update('spare', { enabled: true });
});

test('leads from a label to its jobs, as far as they can be asked for', async ({ page }) => {
  const { client, run } = stage();
  await run({ providers: ['main'], labels: ['lost, or stolen', 'bug'] });
  await run({ providers: ['main'], labels: ['fees', 'bug'] });
  const { provider } = await client.providers.read('main');
  await signIn(page, stage(), `/processing?labelsOf=${provider.id}`);
  const labels = page.getByRole('region', { name: 'Labels' });
  await expect(labels.getByText('lost, or stolen')).toBeVisible();
  await expect(labels.getByRole('link', { name: 'lost, or stolen' })).toHaveCount(0);
  await labels.getByRole('link', { name: 'fees' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/jobs?since=24h&provider=${provider.id}&label=fees`);
  await expect(page.getByRole('region', { name: 'Table of jobs' }).locator('tbody tr')).toHaveCount(1);
});

test('switches its window, which stands in the address', async ({ page }) => {
  await signIn(page, stage(), '/processing');
  await page.getByRole('radio', { name: '30 days' }).check({ force: true });
  await expect(page).toHaveURL(/window=30d/);
  await expect(page.getByRole('region', { name: 'Compared' })).toContainText('by the day');
  await page.reload();
  await expect(page.getByRole('radio', { name: '30 days' })).toBeChecked();
});

test('shows in two tabs a provider go down and come back', async ({ page, context }) => {
  const providers = await context.newPage();
  await signIn(page, stage(), '/processing');
  await providers.goto(`${stage().product.url}/advanced/providers`);
  const row = providers.getByRole('rowgroup', { name: 'main' });
  await expect(health(page, 'main')).toContainText('healthy');
  await expect(row).toContainText('healthy');

  stage().vendor('main').breakDown({ kind: 'status', status: 500 });
  await expect(health(page, 'main').getByText('down', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(row.getByText('down', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);

  stage().vendor('main').recover();
  await expect(health(page, 'main').getByText('healthy', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(row.getByText('healthy', { exact: true })).toBeVisible({ timeout: 30_000 });
});

test('loads with every provider down', async ({ page }) => {
  for (const name of ['main', 'spare']) stage().vendor(name).breakDown({ kind: 'status', status: 500 });
  await signIn(page, stage(), '/processing');
  for (const name of ['main', 'spare']) {
    await expect(health(page, name).getByText('down', { exact: true })).toBeVisible({ timeout: 30_000 });
  }
  await expectAccessible(page);
  for (const name of ['main', 'spare']) stage().vendor(name).recover();
});

test('tells truly that it is paused, and goes on at once', async ({ page }) => {
  await stage().run();
  await signIn(page, stage(), '/processing');
  await expect(page.getByText(/^Updated \d\d:\d\d:\d\d$/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause updates' }).click();
  const mark = page.getByText(/^Paused · as of \d\d:\d\d:\d\d$/);
  const before = await mark.textContent();
  const table = page.getByRole('region', { name: 'Table: what each provider did' });
  const figures = await table.textContent();
  const countAttempts = async () =>
    (await stage().client.stats.providers('24h')).data.reduce((sum, { attempts }) => sum + attempts, 0);
  const attempts = await countAttempts();
  await stage().run();
  await expect.poll(countAttempts).toBeGreaterThan(attempts);
  expect(await mark.textContent()).toBe(before);
  expect(await table.textContent()).toBe(figures);
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await expect(table).not.toHaveText(figures ?? '');
});

test('says that the API is away, keeps what it showed, and recovers by itself', async ({ page }) => {
  await stage().run();
  await signIn(page, stage(), '/processing');
  const table = page.getByRole('region', { name: 'Table: what each provider did' });
  await expect(table).toContainText('main');
  await expect(async () => {
    stage().product.kill('api');
    await expect(page.getByText(/^Cannot update · as of/)).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(page.getByRole('alert').first()).toContainText('The API does not answer.');
  await expect(table).toContainText('main');
  await expectAccessible(page);
  await expect(page.getByText(/^Updated \d\d:\d\d:\d\d$/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
});
