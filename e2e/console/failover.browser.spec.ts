import { expect, test } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

const stage = useConsole({ providers: ['main', 'spare'] });

test('changes how jobs fail over, with a preview before and a way back after', async ({ page }) => {
  await signIn(page, stage(), '/advanced/failover');
  const preview = page.getByRole('region', { name: 'What it does' });
  await expect(preview).toContainText('2.5 s');
  await expectAccessible(page);

  const hedge = page.getByLabel('Started after');
  await hedge.fill('1');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(hedge).toHaveAccessibleDescription(/Must be at least 50/);
  await expect(hedge).toBeFocused();
  await expectAccessible(page);

  await hedge.fill('900');
  await expect(preview).toContainText('900 ms');
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('In force everywhere within a second.')).toBeVisible();
  await expect(page.getByText(/^Version \d+ is in force$/)).toBeVisible();
  expect((await stage().client.config.get()).config.hedgeAfterMs).toBe(900);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(hedge).toHaveValue('2500');
  expect((await stage().client.config.get()).config.hedgeAfterMs).toBe(2_500);
});

test('keeps what was typed when somebody else has saved meanwhile, and says what they changed', async ({
  page,
}) => {
  await signIn(page, stage(), '/advanced/failover');
  await page.getByLabel('Started after').fill('800');
  await stage().client.config.update({ strategy: 'latency' });
  await page.getByRole('button', { name: 'Save' }).click();
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('Somebody saved these settings meanwhile.');
  await expect(notice).toContainText('They changed: Strategy.');
  await expect(notice).toBeFocused();
  await expect(notice).toBeInViewport({ ratio: 1 });
  await expect(page.getByLabel('Strategy')).toHaveValue('latency');
  await expect(page.getByLabel('Started after')).toHaveValue('800');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(notice).toHaveCount(0);
  await expect(page.getByText('In force everywhere within a second.')).toBeVisible();
  expect((await stage().client.config.get()).config).toMatchObject({
    strategy: 'latency',
    hedgeAfterMs: 800,
  });
  await stage().client.config.update({ strategy: 'priority', hedgeAfterMs: 2_500 });
});

test('shows settings to those who may only read them, and says why they cannot be changed', async ({
  page,
}) => {
  const { token } = await stage().client.tokens.create({ name: 'reader', scopes: ['providers:read'] });
  await signIn(page, stage(), '/advanced/failover', token);
  await expect(page.getByLabel('Started after')).toBeDisabled();
  await expect(page.getByText('Your rights allow to read these settings, not to change them.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Drills', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Run the drill' })).toBeDisabled();
  await expect(page.getByText('A drill needs the right providers:write.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Tokens' })).toHaveCount(0);
  await expectAccessible(page);
});

test('runs a drill, draws its time-line and gives the verdict', async ({ page }) => {
  await signIn(page, stage(), '/advanced/drills');
  await page.getByLabel('Provider that fails').selectOption({ label: 'main' });
  await page.getByLabel('How it fails').selectOption('server_error');
  await page.getByRole('button', { name: 'Run the drill' }).click();
  const result = page.getByRole('region', { name: /^spare took over from main after/ });
  await expect(result).toBeVisible({ timeout: 20_000 });
  await expect(result).toContainText('within 5 s');
  await expect(result.getByRole('listitem').first()).toContainText('main');
  const log = page.getByRole('region', { name: 'Earlier drills', exact: true });
  await expect(log.getByRole('row').filter({ hasText: 'main' }).first()).toContainText('spare');
  await expect(page).toHaveURL(/fault=server_error/);
  await expectAccessible(page);
});
