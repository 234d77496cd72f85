import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { startWebhookReceiver, type WebhookReceiver } from '../../shared/src/testing/webhook-receiver.ts';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

// Each flow has axe look at what it opens, twice; on a busy machine that takes longer than what it does.
test.describe.configure({ timeout: 150_000 });

const stage = useConsole();
let receiver: WebhookReceiver;

test.beforeAll(async () => {
  receiver = await startWebhookReceiver();
});
test.afterAll(() => receiver.stop());

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** Calls the API and expects it to agree. */
async function call(path: string, method: string, body?: object) {
  const response = await stage().product.call(path, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.ok, `${method} ${path}`).toBe(true);
  return response.status === 204 ? null : ((await response.json()) as Record<string, unknown>);
}

const LABELS = [
  { name: 'billing', description: 'Money', examples: ['I was charged twice'] },
  'bug',
  'praise',
];

test('adds an endpoint with messages at its fields, and shows its secret once', async ({ page }) => {
  await signIn(page, stage(), '/webhooks');
  await expect(page.getByText('No endpoints yet')).toBeVisible();
  await expectAccessible(page);

  await button(page, 'Add an endpoint').first().click();
  const dialog = page.getByRole('dialog', { name: 'Add an endpoint' });
  await dialog.getByLabel('Address').fill('nonsense');
  await button(page, 'Add endpoint').click();
  await expect(dialog.getByLabel('Address')).toHaveAccessibleDescription(/must be an http or https address/i);
  await expect(dialog.getByLabel('Address')).toBeFocused();
  await dialog.getByLabel('Address').fill(`${receiver.url}/hook`);
  await dialog.getByLabel('batch.finished').check();
  await dialog.getByLabel('provider.down').check();
  await expectAccessible(page);
  await button(page, 'Add endpoint').click();
  const made = page.getByRole('dialog', { name: 'Copy the secret now' });
  await expect(made.getByRole('region', { name: 'Secret' })).toHaveText(/^whsec_/);
  await expectAccessible(page);
  await button(page, 'Done').click();

  await page.getByRole('link', { name: `${receiver.url}/hook` }).click();
  await expect(page.getByRole('definition').filter({ hasText: 'provider.down' })).toBeVisible();
});

test('tests an endpoint, shows a job’s delivery with its tries, and sends it again', async ({ page }) => {
  const { id } = (await call('/api/webhooks', 'POST', {
    url: `${receiver.url}/told`,
    events: ['classification.succeeded'],
  })) as { id: string };
  await signIn(page, stage(), `/webhooks/${id}`);
  await button(page, 'Test').click();
  await expect(page.getByRole('status').filter({ hasText: 'It arrived: HTTP 204 in' })).toBeVisible();

  await call('/api/classifications', 'POST', { text: 'It crashes', labels: ['bug', 'praise'] });
  const deliveries = page.getByRole('region', { name: 'Deliveries' });
  const delivery = deliveries.getByRole('listitem').filter({ hasText: 'classification.succeeded' }).first();
  await expect(delivery).toContainText('HTTP 204');
  await expectAccessible(page);

  await button(page, 'Redeliver classification.succeeded').click();
  await expect(page.getByText('It is on its way again.')).toBeVisible();
  await expect(delivery.getByText('HTTP 204')).toHaveCount(2);
  const told = receiver.calls.filter(
    ({ path, body }) => path === '/told' && body.includes('classification.succeeded'),
  );
  expect(told).toHaveLength(2);
  expect(told[1]?.headers['webhook-id']).toBe(told[0]?.headers['webhook-id']);

  await deliveries.getByText('Failed', { exact: true }).click();
  await expect(page).toHaveURL(/\?state=failed$/);
  await expect(page.getByText('Nothing is failed')).toBeVisible();
});

test('shows on its page what a job sent to its own address, and sends it again', async ({ page }) => {
  const job = await stage().run({ webhookUrl: `${receiver.url}/own` });
  await signIn(page, stage(), `/jobs/${job.id}`);
  const told = page.getByRole('region', { name: 'Its webhook' });
  await expect(told).toContainText(`${receiver.url}/own`);
  await expect(told.getByText('HTTP 204')).toHaveCount(1);
  await expectAccessible(page);
  await told.getByRole('button', { name: 'Redeliver classification.succeeded' }).click();
  await expect(page.getByText('It is on its way again.')).toBeVisible();
  await expect(told.getByText('HTTP 204')).toHaveCount(2);
  const ids = receiver.calls
    .filter(({ path }) => path === '/own')
    .map(({ headers }) => headers['webhook-id']);
  expect(ids).toEqual([ids[0], ids[0]]);
});

test('keeps what was typed into an endpoint that somebody else saved first', async ({ page }) => {
  const { id } = await stage().client.webhooks.create({
    url: `${receiver.url}/contested`,
    events: ['batch.finished'],
  });
  await signIn(page, stage(), `/webhooks/${id}`);
  await button(page, 'Edit').click();
  await page.getByLabel('Description').fill('Mine');
  await stage().client.webhooks.update(id, { events: ['classification.failed'] });
  await button(page, 'Save').click();
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody saved this endpoint meanwhile.' });
  await expect(notice).toContainText('They changed: events.');
  await expect(page.getByLabel('Description')).toHaveValue('Mine');
  await expectAccessible(page);
  await button(page, 'Save').click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect((await stage().client.webhooks.read(id)).webhook).toMatchObject({
    description: 'Mine',
    events: ['classification.failed'],
  });
  await stage().client.webhooks.remove(id);
});

test('says why a test did not arrive, gives a new secret, switches off with a way back, and deletes', async ({
  page,
}) => {
  const { id } = (await call('/api/webhooks', 'POST', {
    url: `${receiver.url}/other`,
    events: ['batch.finished'],
  })) as { id: string };
  await signIn(page, stage(), `/webhooks/${id}`);
  receiver.respondWith({ kind: 'answer', status: 403 });
  await button(page, 'Test').click();
  await expect(page.getByRole('status').filter({ hasText: 'It was refused: HTTP 403' })).toContainText(
    'Check the secret',
  );

  await button(page, 'New secret …').click();
  await button(page, 'Make a new secret').click();
  const secret = page.getByRole('dialog', { name: 'Copy the secret now' });
  await expect(secret.getByRole('region', { name: 'Secret' })).toHaveText(/^whsec_/);
  await expect(secret).toContainText('the one before, too');
  await expectAccessible(page);
  await button(page, 'Done').click();

  await button(page, 'Switch off').click();
  await expect(button(page, 'Switch on')).toBeVisible();
  await button(page, 'Undo').click();
  await expect(button(page, 'Switch off')).toBeVisible();

  await button(page, 'Edit').click();
  await page.getByLabel('Description').fill('The old ticket system');
  await button(page, 'Save').click();
  await expect(page.getByRole('definition').filter({ hasText: 'The old ticket system' })).toBeVisible();

  await button(page, 'Delete').click();
  const confirm = page.getByRole('dialog', { name: /Delete the endpoint/ });
  await expectAccessible(page);
  await confirm.getByRole('textbox').fill(new URL(receiver.url).host);
  await confirm.getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/webhooks`);
  await expect(page.getByRole('link', { name: `${receiver.url}/other` })).toHaveCount(0);

  await button(page, 'Client’s secret …').click();
  await expect(page.getByLabel('Client', { exact: true })).toHaveValue('default');
  await expectAccessible(page);
  await button(page, 'Make a new secret').click();
  await expect(secret.getByRole('region', { name: 'Secret' })).toHaveText(/^whsec_/);
});

test('makes a classifier with messages at its fields, out of a pasted list', async ({ page }) => {
  await signIn(page, stage(), '/classifiers');
  await page.getByRole('link', { name: 'New classifier' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('not a name');
  await page.getByLabel('Name of label 1').fill('same');
  await page.getByLabel('Name of label 2').fill('same');
  await button(page, 'Make classifier').click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveAccessibleDescription(
    /must be 1-64 of/i,
  );
  await expect(page.getByLabel('Name of label 2')).toHaveAccessibleDescription(/must be unique/i);
  await expectAccessible(page);

  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('support');
  await page.getByLabel('Name of label 1').fill('billing');
  await button(page, 'Remove same').click();
  await page.getByText('Paste many').click();
  await page.getByLabel('Many labels').fill('bug\tIt does not work\nbilling\npraise');
  await button(page, 'Add 2 labels').click();
  await expect(page.getByLabel('Name of label 3')).toHaveValue('praise');
  await expect(page.getByLabel('Name of label 3')).toBeFocused();
  await button(page, 'Move praise up').click();
  await expect(page.getByLabel('Name of label 2')).toHaveValue('praise');
  await button(page, 'Make classifier').click();
  await expect(page.getByRole('heading', { name: 'support', level: 1 })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Labels' }).getByRole('listitem')).toHaveText([
    'billing',
    'praise',
    'bugIt does not work',
  ]);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Try in playground' }).click();
  await expect(page.getByLabel('Classifier', { exact: true }).last()).toHaveValue('support');
});

test('keeps what was typed where somebody else saved first, shows what they changed, and restores a version', async ({
  page,
}) => {
  await call('/api/classifiers', 'POST', { name: 'contested', labels: LABELS });
  await signIn(page, stage(), '/classifiers/contested/edit');
  await page.getByLabel('Instructions').fill('Mine');
  await call('/api/classifiers/contested', 'PUT', { labels: [...LABELS, 'theirs'] });
  await button(page, 'Save as version 2').click();
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody saved version 2 meanwhile.' });
  await expect(notice.getByRole('insertion')).toHaveText('theirs');
  await expect(page.getByLabel('Instructions')).toHaveValue('Mine');
  await expectAccessible(page);
  await button(page, 'Save as version 3').click();

  const versions = page.getByRole('region', { name: 'Versions' });
  const third = versions.getByRole('listitem', { name: 'Version 3' });
  await third.getByRole('button', { name: 'Changes of version 3' }).click();
  await expect(page).toHaveURL(/\?version=3$/);
  await expect(third.getByRole('deletion')).toHaveText('theirs');
  await expect(third.getByRole('insertion')).toHaveText('Mine');
  await expectAccessible(page);
  await button(page, 'Restore version 2').click();
  await expect(page.getByText('Version 4 is as version 2 was.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Labels' }).getByText('theirs')).toBeVisible();

  await button(page, 'Delete').click();
  await page.getByRole('dialog').getByRole('textbox').fill('contested');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(`${stage().product.url}/classifiers`);
  await expect(page.getByRole('link', { name: 'contested' })).toHaveCount(0);
});

test('evaluates a classifier with samples of a file, bad lines named, and shows what was mixed up', async ({
  page,
}) => {
  await call('/api/classifiers', 'POST', { name: 'measured', labels: LABELS });
  await signIn(page, stage(), '/classifiers/measured/evaluate');
  const samples = [
    'text,label',
    'I was charged twice,billing',
    'a bug,bug',
    'charged again,praise',
    'x,odd',
    'y',
  ];
  await page.getByLabel('Choose a file').setInputFiles({
    name: 'samples.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(samples.join('\n')),
  });
  await expect(page.getByText('Line 5 has the label “odd”')).toBeVisible();
  await expect(page.getByText('Line 6 has 1 cell, the first line names 2')).toBeVisible();
  await expect(page.getByLabel('local')).toBeChecked();
  await expectAccessible(page);
  await button(page, 'Start').click();

  await expect(page).toHaveURL(/\/classifiers\/measured\/evaluations\/evl_/);
  await expect(page.getByText('finished', { exact: true })).toBeVisible();
  const scores = page.getByRole('row', { name: /local/ });
  await expect(scores).toContainText('66 %');
  await expect(scores).toContainText('2 of 3');
  const confusion = page.getByRole('region', { name: 'Confusion table' });
  const praise = confusion.getByRole('row', { name: /^praise/ });
  await expect(praise.getByRole('cell').first()).toHaveText('1');
  await expect(page.getByRole('listitem').filter({ hasText: '1 ×' })).toHaveText(/praise.*billing/);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'measured' }).click();
  await expect(page.getByRole('region', { name: 'Table of evaluations' })).toContainText('local, 66 %');
});

test('starts an evaluation with the providers that are left where one is switched off meanwhile', async ({
  page,
}) => {
  const { id } = await stage().client.providers.create({
    name: 'spare',
    type: 'openai-compatible',
    baseUrl: receiver.url,
    configuration: { model: 'model-of-mine' },
  });
  await call('/api/classifiers', 'POST', { name: 'steady', labels: LABELS });
  await signIn(page, stage(), '/classifiers/steady/evaluate');
  await page.getByLabel('Samples').fill('text,label\na bug,bug');
  await expect(page.getByText('1 sample, 2 jobs after all other work.')).toBeVisible();
  await expect(page.getByLabel('spare')).toBeChecked();

  await stage().client.providers.update(id, { enabled: false });
  await expect(page.getByLabel('spare')).toHaveCount(0);
  await expect(page.getByText('1 sample, 1 job after all other work.')).toBeVisible();
  await page.getByLabel('local').uncheck();
  await expect(page.getByText('Choose a provider.')).toBeVisible();
  await page.getByLabel('local').check();
  await button(page, 'Start').click();
  await expect(page).toHaveURL(/\/classifiers\/steady\/evaluations\/evl_/);
  await stage().client.providers.remove(id);
});

test('uploads a batch with a bad line and one that is rejected, and follows the rest to its end', async ({
  page,
}) => {
  await signIn(page, stage(), '/batches');
  await expect(page.getByText('No batches yet')).toBeVisible();
  await page.getByRole('link', { name: 'Upload a batch' }).first().click();
  await page
    .getByLabel('Items')
    .fill('{"text":"It crashes","customId":"a"}\nnonsense\n{"text":""}\n{"text":"I love it"}');
  await expect(page.getByText('Line 2 is not a JSON object in one line')).toBeVisible();
  await page.getByLabel('Labels', { exact: true }).last().fill('crash, love,');
  await expectAccessible(page);
  await button(page, 'Submit').click();

  await expect(page.getByRole('heading', { name: '2 items were accepted, 1 was rejected' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^2 / })).toContainText('Is not a JSON object in one line');
  await expect(page.getByRole('row', { name: /^3 / }).getByRole('cell')).toHaveText([
    '3',
    '–',
    '/text',
    'Is required',
  ]);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Follow the batch' }).click();
  await expect(page.getByText('2 of 2 jobs have ended')).toBeVisible();
  await expect(page.getByRole('link', { name: '2 succeeded jobs' })).toBeVisible();
  await expectAccessible(page);

  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Results').click()]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { index: 0, customId: 'a', job: { state: 'succeeded', result: { label: 'crash' } } },
    { index: 2, customId: null, job: { state: 'succeeded' } },
  ]);
  await page.getByRole('link', { name: 'Its jobs' }).click();
  await expect(page.getByRole('link', { name: 'crash' })).toBeVisible();
  await page.goBack();
  await page.getByRole('main').getByRole('link', { name: 'Batches' }).click();
  await expect(page.getByRole('row', { name: /bat_/ })).toContainText('finished');
  await expectAccessible(page);
});

test('offers nothing to change to those who may only read, and fits 360 pixels', async ({ page }) => {
  const { token } = (await call('/api/tokens', 'POST', { name: 'reader', scopes: ['jobs:read'] })) as {
    token: string;
  };
  await call('/api/webhooks', 'POST', { url: `${receiver.url}/read`, events: ['batch.finished'] });
  await call('/api/classifiers', 'POST', { name: 'readable', labels: LABELS });
  await call('/api/classifications/batch', 'POST', {
    defaults: { labels: ['a', 'b'] },
    items: [{ text: 'a' }],
  });
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, stage(), '/webhooks', token);
  const pages = [
    ['/webhooks', 'Webhooks', `${receiver.url}/read`],
    ['/classifiers', 'Classifiers', 'readable'],
    ['/classifiers/readable', 'readable', 'billing'],
    ['/batches', 'Batches', 'finished'],
  ] as const;
  for (const [path, heading, content] of pages) {
    await page.goto(stage().product.url + path);
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    await expect(page.getByText(content).first()).toBeVisible();
    await expect(button(page, /Add|Delete|Restore|Client’s/)).toHaveCount(0);
    await expect(page.getByRole('link', { name: /New classifier|Edit|Evaluate|Upload/ })).toHaveCount(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await expectAccessible(page);
  }
});
