import { expect, test, type Page } from '@playwright/test';
import type { Provider } from '../../shared/src/contracts/provider.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

// What is done at night: from Overview, in so many clicks, each held by the count of what the browser saw pressed.

const OLD_KEY = 'sk-old-0123456789abcdef';
const NEW_KEY = 'sk-new-0123456789abcdef';
const JOB = { text: 'The app crashes on start', labels: ['bug', 'praise'] };

const stage = useConsole();
let vendor: FakeVendor;
let locked: FakeVendor;

test.beforeAll(async () => {
  vendor = await startFakeOpenAi();
  locked = await startFakeOpenAi({ apiKey: NEW_KEY });
  for (const [name, baseUrl, priority] of [
    ['main', vendor.url, 10],
    ['spare', locked.url, 20],
  ] as const) {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const configuration = { model: 'model-of-mine', price, monthlyBudgetUsd: 100 };
    await stage().client.providers.create({
      name,
      type: 'openai-compatible',
      baseUrl,
      apiKey: OLD_KEY,
      priority,
      configuration,
    });
  }
});

test.afterAll(async () => {
  await vendor.stop();
  await locked.stop();
});

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    addEventListener(
      'pointerdown',
      () => (document.documentElement.dataset['presses'] = String(readPresses() + 1)),
      true,
    );
    function readPresses(): number {
      return Number(document.documentElement.dataset['presses'] ?? 0);
    }
  });
  await signIn(page, stage());
  await expect(providersOf(page).getByRole('link', { name: 'spare', exact: true })).toBeVisible();
  await page.evaluate(() => (document.documentElement.dataset['presses'] = '0'));
});

async function expectClicks(page: Page, count: number) {
  const presses = await page.evaluate(() => document.documentElement.dataset['presses']);
  expect(Number(presses)).toBe(count);
}

const providersOf = (page: Page) => page.getByRole('region', { name: 'Providers', exact: true });
const attentionOf = (page: Page) => page.getByRole('region', { name: 'Needs attention' });
const switchOf = (page: Page, name: string) =>
  providersOf(page).getByRole('switch', { name: `${name} takes jobs` });

/** How the API has a provider now. */
const read = async (name: string): Promise<Provider> => (await stage().client.providers.read(name)).provider;

/** A job that only one provider may answer, when it has ended. */
const run = (providers: string[]) =>
  stage().client.classifications.submit({ ...JOB, providers }, { waitSeconds: 30 });

test('switches a provider off with one click, and on again by undoing it', async ({ page }) => {
  await switchOf(page, 'main').click();
  await expect(page.getByText('main is off.')).toBeVisible();
  await expectClicks(page, 1);
  await expect(switchOf(page, 'main')).not.toBeChecked();
  expect(await read('main')).toMatchObject({ enabled: false });

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(switchOf(page, 'main')).toBeChecked();
  await expect.poll(() => read('main')).toMatchObject({ enabled: true });
});

test('resets a provider with one click', async ({ page }) => {
  vendor.respondWith({ kind: 'status', status: 402 });
  await stage().client.classifications.submit({ ...JOB, providers: ['main', 'local'] }, { waitSeconds: 30 });
  const item = attentionOf(page).getByRole('listitem').filter({ hasText: 'main is set aside' });
  await expect(item).toContainText('no credit left');
  await expectAccessible(page);

  await item.getByRole('button', { name: 'Reset main' }).click();
  await expect(page.getByText('main begins anew')).toBeVisible();
  await expectClicks(page, 1);
  await expect(item).toContainText('Done');
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(item).toHaveCount(0);
  await expect
    .poll(async () => (await read('main')).status)
    .toMatchObject({ flagged: null, circuit: 'closed' });
});

test('puts a provider first with two clicks', async ({ page }) => {
  await providersOf(page).getByRole('button', { name: 'More for spare' }).click();
  await page.getByRole('button', { name: 'Put first' }).click();
  await expect(page.getByText('spare is tried first.')).toBeVisible();
  await expectClicks(page, 2);
  await expect(providersOf(page).getByRole('listitem').first()).toContainText('spare');
  expect((await read('spare')).priority).toBeLessThan((await read('main')).priority);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await read('spare')).priority).toBe(20);
});

test('raises a budget with three clicks', async ({ page }) => {
  await providersOf(page).getByRole('button', { name: 'More for main' }).click();
  await page.getByRole('button', { name: 'Budget …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Budget of main' });
  await expect(dialog.getByLabel('Budget a month')).toHaveValue('100');
  await expectAccessible(page);
  await dialog.getByLabel('Budget a month').fill('250');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The budget of main is $250.00 a month.')).toBeVisible();
  await expectClicks(page, 3);
  expect(await read('main')).toMatchObject({ configuration: { monthlyBudgetUsd: 250 } });
});

test('gives a provider a new key, tested before it is saved, with four clicks', async ({ page }) => {
  await providersOf(page).getByRole('button', { name: 'More for spare' }).click();
  await page.getByRole('button', { name: 'New key …' }).click();
  const dialog = page.getByRole('dialog', { name: 'New key for spare' });
  await dialog.getByLabel('API key').fill(NEW_KEY);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect(dialog.getByRole('status')).toContainText('It works');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('spare has a new key.')).toBeVisible();
  await expectClicks(page, 4);
  expect(await read('spare')).toMatchObject({ apiKeyLast4: NEW_KEY.slice(-4), status: { flagged: null } });
  expect(await run(['spare'])).toMatchObject({ state: 'succeeded', provider: { name: 'spare' } });
});

test('says what a budget lacks where the field is not in the dialog', async ({ page }) => {
  const configuration = { model: 'model-of-mine', price: null };
  const input = { name: 'unpriced', type: 'openai-compatible', baseUrl: vendor.url, configuration } as const;
  const provider = await stage().client.providers.create({ ...input, enabled: false });
  await page.goto(`${stage().product.url}/?do=budget&of=${provider.id}`);
  const dialog = page.getByRole('dialog', { name: 'Budget of unpriced' });
  await dialog.getByLabel('Budget a month').fill('10');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('/configuration/price: is required');
  await dialog.getByLabel('Budget a month').fill('11');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await stage().client.providers.remove(provider.id);
});

test('says at the field what is wrong with a key that is tested', async ({ page }) => {
  await providersOf(page).getByRole('button', { name: 'More for spare' }).click();
  await page.getByRole('button', { name: 'New key …' }).click();
  const dialog = page.getByRole('dialog', { name: 'New key for spare' });
  await dialog.getByLabel('API key').fill('short');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect(dialog.getByLabel('API key')).toHaveAccessibleDescription(/at least 8 characters/);
  await expect(dialog.getByText('Some fields need a change')).toHaveCount(0);
});

test('retries all that failed in the last hour with no more than three clicks', async ({ page }) => {
  vendor.respondWith({ kind: 'filter' }, { kind: 'filter' });
  const jobs = [await run(['main']), await run(['main'])];
  expect(jobs.map(({ state }) => state)).toEqual(['failed', 'failed']);

  await page.getByRole('button', { name: 'Retry failed …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry what failed in the last hour' });
  await expect(dialog.getByRole('status')).toHaveText('2 jobs failed.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Retry them' }).click();
  await expect(page.getByText('2 jobs are tried again.')).toBeVisible();
  await expectClicks(page, 2);
  for (const { id } of jobs) {
    await expect
      .poll(async () => (await stage().client.classifications.get(id)).state, { timeout: 20_000 })
      .toBe('succeeded');
  }
});

test('opens the job whose id is pasted, without a click', async ({ page, context }) => {
  const job = await run(['local']);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((id) => navigator.clipboard.writeText(id), job.id);
  await page.keyboard.press('Control+V');
  await expect(page).toHaveURL(`${stage().product.url}/jobs/${job.id}`);
  await expect(page.getByRole('region', { name: 'What was asked' })).toContainText(JOB.text);
});

test('pauses dispatch with two clicks, says so on every page, and resumes with one', async ({ page }) => {
  await page.getByRole('button', { name: 'Pause dispatch …' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog', { name: 'Pause dispatch?' }).getByRole('button', { name: 'Pause' }).click();
  await expect(attentionOf(page)).toContainText('Dispatch is paused');
  await expectClicks(page, 2);
  // It is in force everywhere within a second; what came before is answered.
  let job = await stage().client.classifications.submit(JOB, { waitSeconds: 1 });
  await expect
    .poll(async () => (job = await stage().client.classifications.submit(JOB, { waitSeconds: 1 })).startedAt)
    .toBeNull();

  for (const name of ['Jobs', 'AI Processing', 'Tokens']) {
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await expect(page.getByText('Dispatch is paused.')).toBeVisible();
  }
  await expectAccessible(page);
  expect((await stage().client.classifications.get(job.id)).startedAt).toBeNull();

  await page.evaluate(() => (document.documentElement.dataset['presses'] = '0'));
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Dispatch is paused.')).toHaveCount(0);
  await expectClicks(page, 1);
  const ended = await stage().client.classifications.get(job.id, { waitSeconds: 30 });
  expect(ended.state).toBe('succeeded');
});

test('restores a setting from the audit log with two clicks', async ({ page }) => {
  await stage().client.config.update({ hedgeAfterMs: 1_234 });
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  const row = page.getByRole('listitem').filter({ hasText: '1234' }).first();
  await row.getByRole('button', { name: /Restore/ }).click();
  await expect(page.getByText('is as it was before')).toBeVisible();
  await expectClicks(page, 2);
  expect((await stage().client.config.get()).config.hedgeAfterMs).toBe(2_500);
});

test('does all of it by keyboard alone', async ({ page }) => {
  const command = async (typed: string) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
  };
  await command('switch main off');
  await expect(switchOf(page, 'main')).not.toBeChecked();
  await command('switch main on');
  await expect(switchOf(page, 'main')).toBeChecked();
  await command('reset main');
  await expect(page.getByText('main begins anew')).toBeVisible();
  await command('put spare first');
  await expect(providersOf(page).getByRole('listitem').first()).toContainText('spare');

  await command('budget main');
  await expect(page.getByLabel('Budget a month')).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('300');
  await page.keyboard.press('Enter');
  await expect.poll(() => read('main')).toMatchObject({ configuration: { monthlyBudgetUsd: 300 } });

  await command('new key spare');
  await expect(page.getByLabel('API key')).toBeFocused();
  await page.keyboard.press('Escape');
  await command('retry failed');
  await expect(page.getByRole('dialog', { name: 'Retry what failed' })).toBeVisible();
  await page.keyboard.press('Escape');

  await command('pause');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(attentionOf(page)).toContainText('Dispatch is paused');
  await command('resume');
  await page.getByRole('button', { name: 'Resume', exact: true }).last().press('Enter');
  await expect(attentionOf(page)).not.toContainText('Dispatch is paused');
  await command('audit');
  await page
    .getByRole('button', { name: /^Restore main/ })
    .first()
    .press('Enter');
  await expect.poll(() => read('main')).toMatchObject({ configuration: { monthlyBudgetUsd: 250 } });
  await expectClicks(page, 0);
});
