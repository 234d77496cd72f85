import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { freePort } from '../../shared/src/embedded/free-port.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

const KEY = 'sk-right-0123456789abcdef';
const shell = promisify(execFile);

const stage = useConsole();
let vendor: FakeVendor;
/** Where nothing listens, so that a provider there fails at once. */
let closedUrl: string;

test.beforeAll(async () => {
  vendor = await startFakeOpenAi({ apiKey: KEY, models: ['model-of-mine'] });
  closedUrl = `http://127.0.0.1:${await freePort()}/v1`;
});
test.afterAll(() => vendor.stop());

async function addProvider(name: string, configuration: object = {}) {
  return stage().client.providers.create({
    name,
    type: 'openai-compatible',
    baseUrl: vendor.url,
    apiKey: KEY,
    configuration: { model: 'model-of-mine', ...configuration },
  });
}

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

/** What is over is not even loaded again. */
async function expectNoFirstSteps(page: Page) {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.reload();
  await expect(page.getByRole('region', { name: 'Needs attention' })).toContainText('All is well');
  expect(loaded.filter((url) => url.includes('FirstSteps'))).toEqual([]);
}

test('lets the first steps be skipped, and does not bring them back', async ({ page }) => {
  await signIn(page, stage());
  const steps = page.getByRole('region', { name: 'First steps' });
  await steps.getByRole('button', { name: 'Skip first steps' }).click();
  await expect(steps).toHaveCount(0);
  await expectNoFirstSteps(page);
});

test('leads a fresh installation to its first job, and is gone then', async ({ page }) => {
  await signIn(page, stage());
  const steps = page.getByRole('region', { name: 'First steps' });
  await expect(steps.getByRole('region', { name: 'Submit by curl' })).toContainText(
    'TOKEN=$(cat "${UNDERSTUDY_DATA_DIR:-.understudy}/admin-token")',
  );
  await expectAccessible(page);

  await steps.getByRole('link', { name: 'Add a provider' }).click();
  await page.getByRole('radio', { name: 'OpenAI-compatible' }).check();
  await page.getByLabel('Name').fill('first');
  await page.getByRole('textbox', { name: 'Model' }).fill('model-of-mine');
  await page.getByLabel('Base URL').fill(vendor.url);
  await page.getByLabel('API key').fill('sk-wrong-0123456789abcdef');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('It refused the API key');
  await page.getByLabel('API key').fill(KEY);
  await expect(page.getByRole('status')).toHaveCount(0);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('It works');
  await expectAccessible(page);
  expect((await stage().client.providers.list()).data.map(({ name }) => name)).toEqual(['local']);
  await page.getByRole('button', { name: 'Add provider' }).click();
  await expect(page.getByRole('heading', { name: 'first', level: 1 })).toBeVisible();

  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await steps.getByRole('button', { name: 'Test first' }).click();
  await expect(steps.getByRole('status')).toContainText('It works');
  await steps.getByLabel('Name of the system').fill('shop');
  await steps.getByRole('button', { name: 'Issue token' }).click();
  await expect(steps.getByRole('region', { name: 'Shown this once' })).toHaveText(/^ust_\S+$/);

  const line = await steps.getByRole('region', { name: 'Submit by curl' }).innerText();
  const { stdout } = await shell('bash', ['-c', line]);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', provider: { name: 'first' } });
  const over = page.getByRole('region', { name: 'Understudy is in use' });
  await expect(over.getByText(/^ust_/)).toBeVisible();

  // A loop that submits by that line fills the list of the newest jobs; the token is not copied yet.
  const job = { text: 'The app crashes', labels: ['bug', 'praise'] };
  for (let count = 1; count < 10; count++) await stage().client.classifications.submit(job);
  await expect(page.getByRole('region', { name: 'Newest jobs', exact: true }).getByRole('row')).toHaveCount(
    1 + 10,
  );
  await expect(over.getByText(/^ust_/)).toBeVisible();
  await over.getByRole('button', { name: 'Close' }).click();
  await expect(over).toHaveCount(0);

  await expectNoFirstSteps(page);
});

test('adds a provider with messages at the fields, tests it in words, switches it off and deletes it', async ({
  page,
}) => {
  await signIn(page, stage(), '/advanced/providers/new');
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
  await save(page);
  await expect(page.getByRole('definition').filter({ hasText: /^70$/ })).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete nobody?' });
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill('nobody');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/advanced/providers`);
  await expect(page.getByRole('link', { name: 'nobody' })).toHaveCount(0);
});

test('lists the local provider as healthy, tests it, and moves it with a way back', async ({ page }) => {
  await signIn(page, stage(), '/advanced/providers');
  const local = page.getByRole('rowgroup', { name: 'local' });
  await expect(local.getByText('healthy')).toBeVisible({ timeout: 40_000 });
  await local.getByRole('button', { name: 'Test local' }).click();
  await expect(local.getByRole('status')).toContainText('It works: answered in');
  await expectAccessible(page);

  await local.getByRole('button', { name: 'local one place earlier' }).click();
  await expect(page.getByText('local is tried one place earlier.')).toBeVisible();
  await expect(page.getByRole('rowgroup').nth(1)).toHaveAccessibleName('local');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('rowgroup').nth(1)).toHaveAccessibleName('first');

  await local.getByRole('link', { name: 'local', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'local', level: 1 })).toBeVisible();
  await expect(page.getByRole('figure').first()).toContainText('healthy');
  await expect(page.getByRole('region', { name: 'Its turn' })).toContainText('number 2 of 2');
  await expectAccessible(page);
});

test('loses nothing that was typed when somebody else saves meanwhile', async ({ page }) => {
  const { id } = await addProvider('shared');
  await signIn(page, stage(), `/advanced/providers/${id}/edit`);
  await page.getByLabel('Time-out').fill('7000');
  await page.getByLabel('Weight').fill('3');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText('Tested as it is saved, with the stored key')).toBeVisible();
  await stage().client.providers.update(id, { configuration: { timeoutMs: 9_000, maxConcurrency: 4 } });

  await save(page);
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('Time-out: 10000 → 9000; you typed 7000, which saving writes');
  await expect(notice).toContainText('Calls at once: 16 → 4, taken over into the form');
  await expect(notice).toBeFocused();
  await expect(page.getByLabel('Weight')).toHaveValue('3');
  await expectAccessible(page);

  await save(page);
  await expect(page.getByRole('heading', { name: 'shared', level: 1, exact: true })).toBeVisible();
  const { configuration } = (await stage().client.providers.read(id)).provider;
  expect(configuration).toMatchObject({ timeoutMs: 7_000, maxConcurrency: 4, weight: 3 });
});

test('shows what a provider used and cost, with what was changed, and leads to its price', async ({
  page,
}) => {
  const { id, name } = await addProvider('measured');
  const job = { text: 'The app crashes', labels: ['bug', 'praise'], providers: [name] };
  await stage().client.classifications.submit(job, { waitSeconds: 30 });
  await stage().client.providers.update(id, {
    configuration: { price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 }, monthlyBudgetUsd: 5 },
  });
  await stage().client.classifications.submit(job, { waitSeconds: 30 });
  await stage().client.providers.test(id);
  await expect
    .poll(async () => (await stage().client.providers.usage(id)).totals)
    .toMatchObject({ requestCount: 2 });

  await signIn(page, stage(), `/advanced/providers/${id}?window=7d`);
  const usage = page.getByRole('region', { name: 'Usage' });
  await expect(usage.getByText(/No price is known for [12] calls?/)).toBeVisible();
  await expect(usage.getByRole('img', { name: 'Calls over the window' })).toBeVisible();
  await expect(usage).toContainText('monthlyBudgetUsd none → 5');
  await expect(usage.getByRole('region', { name: 'Budget of this month' })).toContainText('of $5.00 spent');
  await expect(usage.getByRole('region', { name: 'By model' })).toContainText('model-of-mine');
  await expect(usage.getByRole('region', { name: 'By client' })).toContainText('2 calls');
  await expect(usage.getByRole('region', { name: 'For no job' })).toContainText('tests');
  await expectAccessible(page);

  await usage.getByRole('link', { name: 'Set the price' }).click();
  await expect(page.getByLabel('Input price')).toBeFocused();
});
