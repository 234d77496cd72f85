import { expect, test } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

const stage = useConsole({ providers: ['main'], prepare: async ({ run }) => void (await run()) });

test('makes a token that works, shows it once, and revokes it at once', async ({ page }) => {
  await signIn(page, stage(), '/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New token' });
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/Is required/);
  await expectAccessible(page);
  await dialog.getByLabel('Name').fill('ticket system');
  await dialog.getByRole('combobox', { name: 'Client' }).fill('helpdesk');
  await dialog.getByRole('button', { name: 'Make token' }).click();

  const made = page.getByRole('dialog', { name: 'Copy the token now' });
  const token = (await made.getByRole('region', { name: 'ticket system' }).textContent()) ?? '';
  await expectAccessible(page);
  const submit = () =>
    fetch(`${stage().product.url}/api/classifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'It is a bug', labels: ['bug', 'billing'] }),
    });
  expect((await submit()).status).toBe(202);
  await made.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(token.trim())).toHaveCount(0);

  const row = page.getByRole('row').filter({ hasText: 'ticket system' });
  await expect(row).toContainText('helpdesk');
  await row.getByRole('button', { name: 'Revoke' }).click();
  const confirm = page.getByRole('dialog', { name: 'Revoke ticket system?' });
  await expectAccessible(page);
  await confirm.getByRole('textbox').fill('ticket system');
  await confirm.getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toHaveCount(0);
  await expect.poll(async () => (await submit()).status).toBe(401);
});

test('does not call tokens that could not be read none', async ({ page }) => {
  await page.route('**/api/tokens?*', (route) => route.abort());
  await signIn(page, stage(), '/tokens');
  await expect(page.getByRole('alert')).toContainText('The API does not answer.');
  // At one moment: while it is asked again, neither is shown.
  expect(await page.getByRole('main').innerText()).not.toContain('No tokens');

  await page.unroute('**/api/tokens?*');
  await expect(page.getByRole('row').filter({ hasText: 'admin' })).toHaveCount(1);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('restores from the audit log what a change took away', async ({ page }) => {
  const { client } = stage();
  await client.providers.update('main', { priority: 33, configuration: { timeoutMs: 7_000 } });
  await signIn(page, stage(), '/audit');
  const change = page.getByRole('listitem').filter({ hasText: 'configuration/timeoutMs' });
  await expect(change).toContainText('10000 → 7000');
  await expectAccessible(page);
  await change.getByRole('button', { name: 'Restore main as it was before' }).click();
  await expect(page.getByText('main is as it was before.')).toBeVisible();
  const { provider } = await client.providers.read('main');
  expect(provider).toMatchObject({ priority: 10, configuration: { timeoutMs: 10_000 } });
  await page.getByRole('status').getByRole('button', { name: 'Show' }).click();
  await expect(change).toHaveCount(2);

  await page.getByLabel('Of').selectOption('token');
  await expect(page).toHaveURL(/kind=token/);
  await expect(change).toHaveCount(0);
});

test('shows in the audit log what was made, and says why a change cannot be put back', async ({ page }) => {
  const { client } = stage();
  const made = { name: 'moved', type: 'openai', apiKey: 'sk-rehearsal-0123456789', enabled: false } as const;
  const { url } = stage().vendor('main');
  const [from, to] = [`${url}/before`, `${url}/after`];
  await client.providers.create({ ...made, baseUrl: from, configuration: { model: 'gpt-4o-mini' } });
  await client.providers.update('moved', { baseUrl: to, apiKey: 'sk-rehearsal-9876543210' });
  await signIn(page, stage(), '/audit');
  const row = (action: string) =>
    page.getByRole('listitem').filter({ hasText: 'moved' }).filter({ hasText: action });
  await expect(row('created').getByRole('insertion').filter({ hasText: from })).toBeVisible();
  await expect(row('created').getByRole('deletion')).toHaveCount(0);
  await row('updated').getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('alert')).toContainText('/apiKey: must be given again');
  await expectAccessible(page);
});

test('changes a setting, with its way back', async ({ page }) => {
  await signIn(page, stage(), '/settings');
  const days = page.getByLabel('Jobs', { exact: true });
  await days.fill('45');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('In force everywhere within a second.')).toBeVisible();
  expect((await stage().client.config.get()).config.retention.jobDays).toBe(45);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(days).toHaveValue('90');
});

test('is worked by keys alone: palette, pasted id, help, correction and its way back', async ({ page }) => {
  const job = await stage().run();
  await signIn(page, stage());
  const press = (...keys: string[]) =>
    keys.reduce<Promise<void>>(
      (before, key) => before.then(() => page.keyboard.press(key)),
      Promise.resolve(),
    );

  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to, or do' });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type('switch main');
  await expect(palette.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByText('main is off.')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette.getByRole('option').first()).toHaveText('Undo: main is off.');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await stage().client.providers.read('main')).provider.enabled).toBe(true);

  await page.keyboard.press('Control+k');
  await expect(palette.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(job.id);
  await expect(palette.getByRole('option')).toHaveText(`Open ${job.id}`);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(job.id));
  const heading = page.getByRole('heading', { level: 1, name: 'billing' });
  await expect(heading).toBeVisible();

  const wrong = page.getByRole('region', { name: 'Answer' }).getByRole('button', { name: 'bug' });
  await expect(async () => {
    await press('Tab');
    await expect(wrong).toBeFocused({ timeout: 50 });
  }).toPass({ intervals: [0] });
  await page.keyboard.press('Space');
  await expect(page.getByText('bug, by bootstrap')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette.getByRole('option').first()).toHaveText('Undo: Noted; it counts in the statistics.');
  await page.keyboard.press('Enter');
  await expect(page.getByText('bug, by bootstrap')).toHaveCount(0);
});

test('runs from the palette what was chosen, or nothing once that is another', async ({ page }) => {
  const { client } = stage();
  await signIn(page, stage());
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to, or do' });
  await palette.getByRole('combobox').fill('switch main');
  const option = palette.getByRole('option');
  await expect(option).toHaveText('Switch main off');
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await client.providers.update('main', { enabled: false });
  await expect(option).toHaveText('Switch main on');
  await page.keyboard.press('Enter');
  await expect(option).toHaveAttribute('aria-selected', 'false');
  await expect(palette).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await client.providers.read('main')).provider.enabled).toBe(true);
});

test('finds providers in the palette for whoever may read them, and keeps what Overview shows', async ({
  page,
}) => {
  const { client } = stage();
  await signIn(page, stage(), '/?window=7d');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to, or do' });
  await palette.getByRole('combobox').fill('budget of main');
  await expect(palette.getByRole('option')).toHaveText('Budget of main …');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\?window=7d&do=budget&of=prv_/);

  const { token } = await client.tokens.create({ name: 'reader', scopes: ['providers:read'] });
  await signIn(page, stage(), '/', token);
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('main');
  await expect(palette.getByRole('option')).toHaveText(/^main\s*provider$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'main', level: 1, exact: true })).toBeVisible();
});

test('stays open while a token is made, which is shown there alone', async ({ page }) => {
  const held = Promise.withResolvers<void>();
  await page.route('**/api/tokens', async (route) => {
    if (route.request().method() === 'POST') await held.promise;
    await route.continue();
  });
  await signIn(page, stage(), '/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name').fill('patient');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Making …' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeDisabled();
  held.resolve();
  const made = page.getByRole('dialog', { name: 'Copy the token now' });
  await expect(made.getByRole('button', { name: /Copy/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(made).toBeVisible();
  // On the clipboard it is safe.
  await page.context().grantPermissions(['clipboard-write']);
  await made.getByRole('button', { name: /Copy/ }).click();
  await expect(made.getByText('Copied')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('keeps what is typed into a dialog that Escape closes, until it is cancelled', async ({ page }) => {
  for (const [path, open, field] of [
    ['/tokens', 'New token', 'Name'],
    ['/webhooks', 'Add an endpoint', 'Description'],
  ] as const) {
    await signIn(page, stage(), path);
    const input = page.getByRole('dialog').getByLabel(field);
    const reopen = () => page.getByRole('button', { name: open }).first().click();
    await reopen();
    await input.fill('half-typed');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await reopen();
    await expect(input).toHaveValue('half-typed');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await reopen();
    await expect(input).toHaveValue('');
  }
});

test('opens the job whose id is pasted', async ({ page }) => {
  const job = await stage().run();
  await signIn(page, stage());
  await page.evaluate((id) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', id);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, job.id);
  await expect(page).toHaveURL(`${stage().product.url}/jobs/${job.id}`);
  await expect(page.getByText(job.id)).toBeVisible();
});

test('has no violation on the pages that no other test looks at', async ({ page }) => {
  await signIn(page, stage());
  for (const path of ['/', '/playground', '/advanced/providers/new', '/settings', '/nowhere']) {
    await page.goto(`${stage().product.url}${path}`);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    await expectAccessible(page);
  }
});
