import { expect, test, type Page } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { enterToken, expectAccessible, signInByHand } from '../support/console.ts';

// A session that ends in mid-form: whoever signs in again finds what they had typed, in every form there is.

const stage = useConsole({
  providers: ['main'],
  prepare: async ({ client }) => {
    await client.classifiers.create({ name: 'support', labels: ['bug', 'praise'] });
  },
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Ends the session, meets that by a press of the button unless what the page reads by itself has met it first. */
async function loseSession(page: Page, press: string) {
  await page.context().clearCookies();
  const heading = page.getByRole('heading', { name: 'Sign in' });
  await expect(async () => {
    // No click may be left waiting: it would press the button once the form is back.
    if (!(await heading.isVisible())) await button(page, press).last().click({ timeout: 2_000 });
    await expect(heading).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

const told = (page: Page) => page.getByText('What you had typed before is here again');

interface Form {
  path: string;
  open?: (page: Page) => Promise<void>;
  /** Labels of fields with what is typed into them. */
  typed: Readonly<Record<string, string>>;
  submit: string;
  /** A text that comes back needs no telling where nothing is to be saved. */
  isQuiet?: boolean;
}

const FORMS: Readonly<Record<string, Form>> = {
  'a new provider': {
    path: '/advanced/providers/new',
    typed: { Name: 'half-typed', Model: 'model-of-mine' },
    submit: 'Add provider',
  },
  failover: { path: '/advanced/failover', typed: { 'Started after': '1111' }, submit: 'Save' },
  settings: { path: '/settings', typed: { 'Deep check every': '7200000' }, submit: 'Save' },
  'a new classifier': {
    path: '/classifiers/-/new',
    typed: { 'Name of label 1': 'refund', 'Name of label 2': 'lost card', Instructions: 'Be kind' },
    submit: 'Make classifier',
  },
  'a token': {
    path: '/tokens',
    open: (page) => button(page, 'New token').click(),
    typed: { Name: 'the ticket system', Client: 'helpdesk' },
    submit: 'Make token',
  },
  'an endpoint': {
    path: '/webhooks',
    open: (page) => button(page, 'Add an endpoint').first().click(),
    typed: { Address: 'https://tickets.example/hook', Description: 'Tickets' },
    submit: 'Add endpoint',
  },
  'a batch': {
    path: '/batches/new',
    typed: { Items: '{"text":"It crashes"}' },
    submit: 'Submit',
  },
  'an evaluation': {
    path: '/classifiers/support/evaluate',
    typed: { Samples: 'text,label\nIt crashes,bug' },
    submit: 'Start',
  },
  playground: {
    path: '/playground',
    typed: { Text: 'It was typed before' },
    submit: 'Classify',
    isQuiet: true,
  },
  'a budget': {
    path: '/?do=budget&of=main',
    typed: { 'Budget a month, in $': '1234' },
    submit: 'Save',
    isQuiet: true,
  },
};

for (const [what, { path, open, typed, submit, isQuiet = false }] of Object.entries(FORMS)) {
  test(`keeps what is typed into the form of ${what}`, async ({ page }) => {
    await signInByHand(page, stage(), path);
    await open?.(page);
    const field = (label: string) =>
      page
        .getByRole('textbox', { name: label })
        .or(page.getByRole('combobox', { name: label }))
        .first();
    for (const [label, text] of Object.entries(typed)) await field(label).fill(text);
    await loseSession(page, submit);
    await enterToken(page, stage().product.adminToken);
    for (const [label, text] of Object.entries(typed)) await expect(field(label)).toHaveValue(text);
    await expect(told(page)).toHaveCount(isQuiet ? 0 : 1);
  });
}

test('keeps what is typed into a provider, but for its key, which is stored nowhere', async ({ page }) => {
  const { client } = stage();
  await signInByHand(page, stage(), '/advanced/providers/main/edit');
  await page.getByLabel('Priority').fill('77');
  await button(page, 'Replace').click();
  await page.getByLabel('API key').fill('sk-typed-but-never-stored');
  await loseSession(page, 'Save');
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('sk-typed');
  await enterToken(page, stage().product.adminToken);

  await expect(told(page)).toContainText('A key that was typed is not kept.');
  await expect(page.getByLabel('Priority')).toHaveValue('77');
  await button(page, 'Keep the stored key').click();
  await button(page, 'Save').click();
  await expect(page.getByRole('heading', { name: 'main', level: 1, exact: true })).toBeVisible();
  expect((await client.providers.read('main')).provider).toMatchObject({ priority: 77, hasApiKey: true });
});

test('keeps what is typed into a classifier, and still meets what somebody saved meanwhile', async ({
  page,
}) => {
  const { client } = stage();
  await client.classifiers.create({ name: 'contested', labels: ['bug', 'praise'] });
  await signInByHand(page, stage(), '/classifiers/contested/edit');
  await page.getByLabel('Instructions').fill('Mine');
  await page.getByText('Paste many').click();
  await page.getByLabel('Many labels').fill('refund');
  await loseSession(page, 'Save as version 2');
  await client.classifiers.replace('contested', { labels: ['bug', 'praise', 'theirs'] });
  await enterToken(page, stage().product.adminToken);

  await expect(told(page)).toBeVisible();
  await expect(page.getByLabel('Instructions')).toHaveValue('Mine');
  await expect(page.getByLabel('Many labels')).toHaveValue('refund');
  await expectAccessible(page);
  await button(page, 'Save as version 2').click();
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody saved version 2 meanwhile.' });
  await expect(notice.getByRole('insertion')).toHaveText('theirs');
  await button(page, 'Save as version 3').click();
  await expect(page.getByRole('heading', { name: 'contested', level: 1, exact: true })).toBeVisible();
  expect((await client.classifiers.read('contested')).classifier).toMatchObject({
    version: 3,
    instructions: 'Mine',
  });
});

test('forgets what was typed once it is discarded, left, or somebody signs out', async ({ page }) => {
  const { product } = stage();
  await signInByHand(page, stage(), '/advanced/failover');
  const hedge = page.getByLabel('Started after');
  await hedge.fill('1111');
  await button(page, 'Discard').click();
  await expect(hedge).toHaveValue('2500');
  await page.reload();
  await expect(hedge).toHaveValue('2500');

  await page.goto(`${product.url}/playground`);
  await page.getByLabel('Text').fill('Private words');
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await expect(page.getByLabel('Text')).not.toHaveValue('Private words');

  await page.getByLabel('Text').fill('Private words');
  await button(page, 'Sign out').click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('Private words');
  await enterToken(page, product.adminToken);
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await expect(page.getByLabel('Text')).not.toHaveValue('Private words');
});
