import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { useConsole } from '../support/console-stage.ts';
import { expectAccessible, signIn } from '../support/console.ts';

/** More than one page of the explorer. */
const MANY = 55;

const stage = useConsole({
  providers: ['main', 'spare'],
  prepare: async ({ client, run, vendor }) => {
    await Promise.all(
      Array.from({ length: MANY }, (_, index) => run({ metadata: { ticket: String(index) } })),
    );
    vendor('main').respondWith({ kind: 'filter' });
    await run({ providers: ['main'], text: 'refused' });
    await client.classifications.submit({ text: 'It is a bug', labels: ['bug', 'billing'] });
    await client.providers.create({
      name: 'off',
      type: 'openai',
      enabled: false,
      apiKey: 'sk-rehearsal-0123456789',
      configuration: { model: 'gpt-4o-mini' },
    });
  },
});

const rows = (page: Page) => page.getByRole('region', { name: 'Table of jobs' }).locator('tbody tr');

test('finds jobs by filters that stand in the address', async ({ page }) => {
  await signIn(page, stage(), '/jobs');
  await expect(rows(page)).toHaveCount(50);
  await expectAccessible(page);

  await page.getByLabel('State').selectOption('failed');
  await expect(page).toHaveURL(/\?state=failed$/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('content filtered');
  await page.reload();
  await expect(page.getByLabel('State')).toHaveValue('failed');
  await expect(rows(page)).toHaveCount(1);

  await page.getByRole('button', { name: 'Clear 1' }).click();
  await page.getByRole('button', { name: 'More filters' }).click();
  const metadata = page.getByLabel('Metadata');
  await metadata.fill('nonsense');
  await metadata.press('Enter');
  await expect(page).toHaveURL(/\/jobs$/);
  await metadata.fill('ticket=7');
  await metadata.press('Enter');
  await expect(page).toHaveURL(/metadata=ticket/);
  await expect(rows(page)).toHaveCount(1);
  await metadata.fill('ticket=none');
  await metadata.press('Enter');
  await expect(page.getByText('No job fits')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('shows what a link asks for that nobody could choose, and lets it be cleared', async ({ page }) => {
  await signIn(page, stage(), '/jobs?state=queued,failed&to=2030-01-01T00:00:00.000Z');
  await expect(rows(page)).toHaveCount(1);
  const state = page.getByLabel('State');
  await expect(state.getByRole('option', { name: 'queued, failed', selected: true })).toBeAttached();
  await expectAccessible(page);
  await page.getByRole('button', { name: /^Clear to .*2030/ }).click();
  await expect(page).toHaveURL(/\?state=queued,failed$/);
  await state.selectOption('failed');
  await expect(state.getByRole('option', { name: 'queued, failed' })).toHaveCount(0);
});

test('keeps the newest jobs of Overview where they are while somebody points at them', async ({ page }) => {
  await signIn(page, stage(), '/');
  const newest = page.getByRole('region', { name: 'Table of the newest jobs' }).locator('tbody tr');
  await expect(newest).toHaveCount(10);
  await newest.nth(3).hover();
  // What the page had read before it read the second is shown by then.
  for (const text of ['late arrival', 'later arrival']) {
    const told = page.waitForResponse(
      async (reply) => reply.url().includes('/api/classifications?') && (await reply.text()).includes(text),
    );
    await stage().run({ labels: [text, 'other'], text });
    await told;
  }
  await expect(newest.filter({ hasText: 'late arrival' })).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(newest.filter({ hasText: 'late arrival' })).toHaveCount(1);
});

test('says of an address that cannot be what is wrong with it', async ({ page }) => {
  await signIn(page, stage(), '/jobs?errorCode=nonsense');
  await expect(page.getByRole('alert')).toContainText('The address asks for what there is not.');
  await expect(page.getByRole('alert')).toContainText('errorCode');
  await expect(page.getByRole('alert')).toContainText('Request');
});

test('shows new jobs by itself, but never from under the pointer', async ({ page }) => {
  await signIn(page, stage(), '/jobs');
  await expect(rows(page)).toHaveCount(50);
  await stage().run({ labels: ['first arrival', 'other'], text: 'first arrival' });
  await expect(rows(page).first()).toContainText('first arrival');

  await rows(page).nth(3).hover();
  const before = await rows(page).nth(3).boundingBox();
  await stage().run({ labels: ['second arrival', 'other'], text: 'second arrival' });
  const notice = page.getByRole('status').filter({ hasText: '1 newer job' });
  await expect(notice).toBeVisible();
  await expect(rows(page).first()).toContainText('first arrival');
  expect(await rows(page).nth(3).boundingBox()).toEqual(before);
  await expectAccessible(page);
  await notice.getByRole('button', { name: 'Show' }).click();
  await expect(rows(page).first()).toContainText('second arrival');
});

test('shows more under the pointer, says that it stands still, and goes back to the newest', async ({
  page,
}) => {
  await signIn(page, stage(), '/jobs');
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByText('That is all of them.')).toBeVisible();
  expect(await rows(page).count()).toBeGreaterThan(50);
  await expect(page.getByText(/^Stands still · as of/)).toBeVisible();
  // However far one scrolls in it, and never over what names its columns.
  const refresh = page.getByRole('button', { name: 'Refresh' });
  for (const row of [rows(page).first(), rows(page).nth(25), rows(page).last()]) {
    await row.scrollIntoViewIfNeeded();
    await expect(refresh).toBeInViewport({ ratio: 1 });
  }
  await page.evaluate('scrollTo(0, 0)');
  const heads = await page.locator('thead').first().boundingBox();
  const pill = await refresh.boundingBox();
  expect(pill?.y).toBeGreaterThan((heads?.y ?? 0) + (heads?.height ?? 0));
  await refresh.click();
  await expect(rows(page)).toHaveCount(50);
  await expect(page.getByText(/^Updated/)).toBeVisible();
});

test('shows a job whole, and takes a correction with its way back', async ({ page }) => {
  stage().vendor('main').respondWith({ kind: 'status', status: 503 });
  const job = await stage().run({ explain: true });
  await signIn(page, stage(), `/jobs/${job.id}`);
  await expect(page.getByRole('heading', { name: 'billing', level: 1 })).toBeVisible();
  const attempts = page.getByRole('region', { name: 'Attempts' });
  await expect(attempts.getByRole('listitem')).toHaveCount(job.attempts.length);
  await expect(attempts).toContainText('It failed on its side');
  await expect(page.getByText('It is about billing')).toBeVisible();
  await expectAccessible(page);

  const answer = page.getByRole('region', { name: 'Answer' });
  await answer.getByRole('button', { name: 'bug' }).click();
  await expect(answer).toContainText('bug, by bootstrap');
  // What is pointed at does not go away.
  await page.getByRole('button', { name: 'Undo' }).hover();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(answer.getByRole('heading', { name: 'Is it right?' })).toBeVisible();
  expect((await stage().client.classifications.get(job.id)).correction).toBeNull();
});

test('stands still for those who asked for less motion', async ({ page }) => {
  const job = { text: 'A bug', labels: ['bug', 'other'], providers: ['off'] };
  const { id } = await stage().client.classifications.submit(job);
  await signIn(page, stage(), `/jobs/${id}`);
  const countMoving = () =>
    page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect.poll(countMoving).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(countMoving).toBe(0);
  await stage().client.classifications.cancel(id);
});

test.describe('in Kolkata', () => {
  test.use({ timezoneId: 'Asia/Kolkata' });

  test('says why a provider was not asked, and until when: by the local clock, and by UTC where one points', async ({
    page,
  }) => {
    const { client, vendor, run } = stage();
    vendor('main').respondWith({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    await run();
    const { id, passedOver } = await run({ providers: ['main', 'off', 'spare'] });
    const cooldown = passedOver.find(({ provider }) => provider.name === 'main');
    expect(cooldown).toMatchObject({ reason: 'cooldown', until: expect.any(String) });

    await signIn(page, stage(), `/jobs/${id}`);
    const attempts = page.getByRole('region', { name: 'Attempts' });
    await expect(attempts.getByRole('heading', { name: 'Not asked' })).toBeVisible();
    const of = (name: string) => attempts.getByRole('listitem').filter({ hasText: `${name}: ` });
    await expect(of('off')).toContainText('it is switched off, or was deleted.');
    await expect(of('main')).toContainText('it is cooling down, until');
    const until = of('main').locator('time');
    const utc = (cooldown?.until ?? '').replace(/^(.+)T(.+)Z$/, '$1 $2 UTC');
    await expect(until).toHaveAttribute('title', utc);
    const clock = new Intl.DateTimeFormat('en', {
      timeStyle: 'medium',
      hourCycle: 'h23',
      timeZone: 'Asia/Kolkata',
    });
    await expect(until).toContainText(clock.format(new Date(cooldown?.until ?? '')));
    await expectAccessible(page);

    await client.providers.reset('main');
  });
});

test('cancels a job, tries it again, and erases it by a typed word', async ({ page }) => {
  const { client, vendor, run } = stage();
  vendor('main').respondWith({ kind: 'hang' });
  const job = await client.classifications.submit({
    text: 'It is a bug',
    labels: ['bug', 'billing'],
    providers: ['main'],
  });
  await signIn(page, stage(), `/jobs/${job.id}`);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('The job was cancelled.')).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('heading', { name: 'bug', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Erase' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase this job?' });
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill('erase');
  await dialog.getByRole('button', { name: 'Erase' }).click();
  await expect(page.getByText('The text was erased')).toBeVisible();
  await run();
});

test('does to all that fit what it counted before', async ({ page }) => {
  await signIn(page, stage(), '/jobs?state=failed');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Do to all …' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('status')).toHaveText('1 job would be tried again.');
  await expectAccessible(page);
  await dialog.getByRole('radio', { name: 'Cancel' }).check({ force: true });
  await expect(dialog.getByRole('status')).toHaveText('No job can be changed so.');
  await dialog.getByRole('radio', { name: 'Retry' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText('1 job tried again.')).toBeVisible();
  await expect(page.getByText('No job fits')).toBeVisible();
});

test('ends a count that nobody waits for any more', async ({ page }) => {
  const bulk = '**/api/classifications/bulk';
  const held = Promise.withResolvers<void>();
  await page.route(bulk, async (route) => {
    await held.promise;
    await route.continue().catch(() => undefined);
  });
  await signIn(page, stage(), '/jobs');
  await expect(rows(page)).toHaveCount(50);
  const isEnded = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/bulk'));
  await page.getByRole('button', { name: 'Do to all …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Cancel' }).check({ force: true });
  expect((await isEnded).postDataJSON()).toMatchObject({ action: 'retry', dryRun: true });
  held.resolve();
  await expect(dialog.getByRole('status')).toContainText('job');

  const isClosed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/bulk'));
  await page.unroute(bulk);
  await page.route(bulk, () => undefined);
  await dialog.getByRole('radio', { name: 'Erase' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect((await isClosed).postDataJSON()).toMatchObject({ action: 'erase', dryRun: true });
});

test('says that it stands still where nothing was found, and looks at the newest again', async ({ page }) => {
  let isThere = false;
  await page.route('**/api/classifications?*', (route) =>
    isThere
      ? route.continue()
      : route.fulfill({ json: { data: [], nextCursor: 'job_00000000000000000000000000' } }),
  );
  await signIn(page, stage(), '/jobs?label=rare');
  await expect(page.getByText('None so far')).toBeVisible();
  const notice = page.getByRole('status').filter({ hasText: 'Stands still' });
  await expectAccessible(page);
  await stage().run({ labels: ['rare', 'other'], text: 'rare' });
  isThere = true;
  await notice.getByRole('button', { name: 'Refresh' }).click();
  await expect(rows(page)).toHaveCount(1);
});

test('says of a file whose connection is lost amid it that the API does not answer', async ({ page }) => {
  await signIn(page, stage(), '/jobs?state=failed');
  await page.evaluate(() => {
    const real = window.fetch;
    window.fetch = async (input, init) => {
      const isFile = new Headers(init?.headers).get('Accept') === 'text/csv';
      if (!isFile) return real(input, init);
      return new Response(
        new ReadableStream({ start: (body) => body.error(new TypeError('network error')) }),
        { headers: { 'Content-Type': 'text/csv' } },
      );
    };
  });
  await page.getByRole('button', { name: 'CSV' }).click();
  await expect(page.getByText('The API does not answer.')).toContainText('Then try again.');
});

test('downloads what fits as CSV and says how much it is', async ({ page }) => {
  await signIn(page, stage(), '/jobs?metadata=ticket%3D7');
  await expect(rows(page)).toHaveCount(1);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^jobs-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('id,client,state');
  await expect(page.getByText('1 job in the file.')).toBeVisible();
});

test('fits 360 pixels', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, stage(), '/jobs');
  await expect(rows(page)).toHaveCount(50);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await rows(page).first().getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Attempts' })).toBeVisible();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});

test('lets updates that were paused elsewhere go on in the playground, where an answer is waited for', async ({
  page,
}) => {
  const { client } = stage();
  await client.config.update({ paused: true });
  await signIn(page, stage(), '/jobs');
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await page.getByRole('button', { name: 'Classify' }).click();
  await expect(page).toHaveURL(/\/playground\?job=job_/);
  await expect(page.getByText(/^Paused · as of/)).toBeVisible();
  await client.config.update({ paused: false });
  await page.getByRole('button', { name: 'Pause updates' }).click();
  await expect(page.getByRole('region', { name: 'Answer' }).getByText('1 attempt')).toBeVisible();
});
