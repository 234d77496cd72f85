import { expect, test, type Page } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { signIn } from '../support/console.ts';

// What a form owes to whoever fills it in: nothing made twice, nothing lost, nobody led away, the focus where they are.

const stage = useConsole({
  providers: ['main'],
  prepare: async ({ client }) => {
    await client.classifiers.create({ name: 'support', labels: ['bug', 'praise'] });
  },
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const jobs = (page: Page) => page.getByRole('link', { name: 'Jobs', exact: true });

test('submits a batch again under the key that it had, though a field was visited meanwhile', async ({
  page,
}) => {
  const keys: (string | undefined)[] = [];
  await page.route('**/api/classifications/batch', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    // As where the reply is lost on its way.
    if (keys.length === 1) await route.abort();
    else await route.continue();
  });
  await signIn(page, stage(), '/batches/new');
  await page.getByLabel('Items').fill('{"text":"It crashes"}');
  const labels = page.getByRole('textbox', { name: 'Labels' });
  await labels.fill('bug, praise,');
  await button(page, 'Submit').click();
  await expect(page.getByText('The API does not answer.')).toBeVisible();
  await labels.focus();
  await labels.blur();
  await button(page, 'Submit').click();
  await expect(page.getByRole('heading', { name: 'Batch', exact: true })).toBeVisible();
  expect(keys).toEqual([expect.any(String), keys[0]]);
});

test('does not lead away from a page that one went to while a job was classified', async ({ page }) => {
  const held = Promise.withResolvers<void>();
  await page.route('**/api/classifications', async (route) => {
    await held.promise;
    await route.continue();
  });
  await signIn(page, stage(), '/playground');
  await button(page, 'Classify').click();
  await expect(button(page, 'Classifying …')).toBeVisible();
  await jobs(page).click();
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  held.resolve();
  await answered;
  await expect(page.getByRole('region', { name: 'Table of jobs' }).getByRole('link').first()).toBeVisible();
  await expect(page).toHaveURL(`${stage().product.url}/jobs`);
});

const LEFT = [
  {
    what: 'a provider',
    path: '/advanced/providers/new',
    fill: (page: Page) => page.getByLabel('Name', { exact: true }).fill('mine'),
  },
  {
    what: 'a batch',
    path: '/batches/new',
    fill: (page: Page) => page.getByLabel('Items').fill('{"text":"It crashes"}'),
  },
  {
    what: 'an evaluation',
    path: '/classifiers/support/evaluate',
    fill: (page: Page) => page.getByLabel('Samples').fill('text,label\nIt crashes,bug'),
  },
];
const countDrafts = (page: Page) =>
  page.evaluate(
    () => Object.keys(sessionStorage).filter((key) => key.startsWith('understudy.draft.')).length,
  );
for (const { what, path, fill } of LEFT) {
  test(`asks before ${what} is left that is half filled in`, async ({ page }) => {
    const asked: string[] = [];
    let isToLeave = false;
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (isToLeave ? dialog.accept() : dialog.dismiss());
    });
    await signIn(page, stage(), path);
    await fill(page);
    await jobs(page).click();
    await expect.poll(() => asked).toEqual(['Leave without saving the changes?']);
    await expect(page).toHaveURL(`${stage().product.url}${path}`);
    expect(await countDrafts(page)).toBe(1);
    isToLeave = true;
    await jobs(page).click();
    await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
    expect(await countDrafts(page)).toBe(0);
  });
}

test('does not ask where what was typed is saved', async ({ page }) => {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  await signIn(page, stage(), '/advanced/providers/main/edit');
  await page.getByLabel('Priority').fill('33');
  await button(page, 'Save').click();
  await expect(page.getByRole('heading', { name: 'main', level: 1, exact: true })).toBeVisible();
  await page.goto(`${stage().product.url}/classifiers/support/evaluate`);
  await page.getByLabel('Samples').fill('text,label\nIt crashes,bug');
  await button(page, 'Start').click();
  await expect(page).toHaveURL(/\/evaluations\/evl_/);
  expect(asked).toEqual([]);
});

test('leaves the focus beside what was taken away', async ({ page }) => {
  await signIn(page, stage(), '/playground');
  await button(page, 'Remove exchange rate').click();
  await expect(page.getByRole('textbox', { name: 'Labels' })).toBeFocused();

  await page.goto(`${stage().product.url}/advanced/providers/main/edit`);
  await button(page, 'Remove').click();
  await expect(button(page, 'Keep the stored key')).toBeFocused();
  await button(page, 'Keep the stored key').click();
  await expect(button(page, 'Replace')).toBeFocused();

  await page.goto(`${stage().product.url}/batches/new`);
  await page
    .getByLabel('Choose a file')
    .setInputFiles({ name: 'texts.csv', mimeType: 'text/csv', buffer: Buffer.from('text\nIt crashes') });
  await button(page, 'Remove texts.csv').click();
  await expect(page.getByLabel('Items')).toBeFocused();
});

test('shows that a file itself asks for all or none', async ({ page }) => {
  await signIn(page, stage(), '/batches/new');
  const box = page.getByLabel('All or none');
  await expect(box).not.toBeChecked();
  await page.getByLabel('Items').fill('{"atomic":true}\n{"text":"It crashes"}');
  await expect(box).toBeChecked();
  await expect(box).toBeDisabled();
});

test('lists a classifier that somebody else makes, by itself', async ({ page }) => {
  await signIn(page, stage(), '/classifiers');
  await expect(page.getByRole('link', { name: 'support' })).toBeVisible();
  await expect(page.getByText(/^Updated /)).toBeVisible();
  await stage().client.classifiers.create({ name: 'made-meanwhile', labels: ['a', 'b'] });
  await expect(page.getByRole('link', { name: 'made-meanwhile' })).toBeVisible();
});

test('promises no number of jobs where it may not know the providers', async ({ page }) => {
  const { token } = await stage().client.tokens.create({ name: 'upstream', scopes: ['jobs:write'] });
  await signIn(page, stage(), '/classifiers/support/evaluate', token);
  await page.getByLabel('Samples').fill('text,label\nIt crashes,bug\nIt is nice,praise');
  await expect(page.getByText('2 samples at every provider, after all other work.')).toBeVisible();
});

test('shows on the page of a provider at once what its test has mended', async ({ page }) => {
  const { client, vendor, run } = stage();
  vendor('main').respondWith({ kind: 'status', status: 402 });
  await run({ providers: ['main', 'local'] });
  const { provider } = await client.providers.read('main');
  await signIn(page, stage(), `/advanced/providers/${provider.id}`);
  const turn = page.getByRole('region', { name: 'Its turn' });
  await expect(turn).toContainText('Set aside');
  // So that nothing but the test has it read again.
  await button(page, 'Pause updates').click();
  await button(page, 'Test').click();
  await expect(turn).not.toContainText('Set aside');
});

test('tells beside the button what came of it, however long the form is, and keeps the focus', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await signIn(page, stage(), '/advanced/providers/new');
  await page.getByLabel('Name').fill('main');
  await page.getByRole('textbox', { name: 'Model' }).fill('gpt-4o-mini');
  await page.getByLabel('Base URL').fill(stage().vendor('main').url);
  await page.getByLabel('API key').fill('sk-rehearsal-0123456789');
  await button(page, 'Test').click();
  await expect(page.getByText('It works')).toBeInViewport({ ratio: 1 });
  await expect(button(page, 'Test')).toBeFocused();

  await page.route('**/api/providers', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await button(page, 'Add provider').click();
  await expect(page.getByRole('alert')).toContainText('The API does not answer.');
  await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('alert')).toBeFocused();

  await page.route('**/api/providers/config', (route) =>
    route.request().method() === 'GET' ? route.continue() : route.abort(),
  );
  await page.goto(`${stage().product.url}/advanced/failover`);
  await page.getByLabel('Started after').fill('800');
  await button(page, 'Save').click();
  await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('alert')).toBeFocused();
});

test('keeps each field that takes the focus, and what is wrong with it, clear of the footer', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await signIn(page, stage(), '/advanced/providers/new');
  const toHidden = () =>
    page.evaluate(() => {
      const field = document.activeElement;
      const footer = document.querySelector('form > footer');
      if (!field || !footer) throw new Error('Nothing has the focus.');
      if (footer.contains(field)) return 'footer';
      const { bottom } = (field.parentElement ?? field).getBoundingClientRect();
      return bottom <= footer.getBoundingClientRect().top ? '' : (field as HTMLInputElement).name || field.id;
    });
  await page.getByLabel('Name').focus();
  const hidden: string[] = [];
  for (let at = await toHidden(); at !== 'footer'; at = await toHidden()) {
    hidden.push(at);
    await page.keyboard.press('Tab');
  }
  expect(hidden.length).toBeGreaterThan(8);
  expect(hidden.filter(Boolean)).toEqual([]);

  await page.getByLabel('Name').fill('spare');
  await page.getByRole('textbox', { name: 'Model' }).fill('m');
  await page.getByLabel('API key').fill('sk-rehearsal-0123456789');
  await page.getByLabel('Priority').fill('many');
  await page.evaluate('scrollTo(0, 0)');
  await button(page, 'Add provider').click();
  await expect(page.getByLabel('Priority')).toBeFocused();
  expect(await toHidden()).toBe('');
});
