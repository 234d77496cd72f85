import { expect, test } from '@playwright/test';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { useConsole } from '../support/console-stage.ts';
import { signIn } from '../support/console.ts';

// Every page with the longest names that there may be, none of which can be broken at a space.

const long = (length: number, start: string) => start.padEnd(length, 'x');
const NAME = long(64, 'name-');
const LABELS = Array.from({ length: 30 }, (_, index) => long(200, `label-${index}-`));

/** Pages of their own, made for the things of the scene. */
const details: string[] = [];

const stage = useConsole({
  providers: [NAME],
  prepare: async ({ client, run }) => {
    await client.classifiers.create({ name: NAME, labels: LABELS, instructions: long(2_000, '') });
    const job = await run({
      text: long(5_000, ''),
      labels: LABELS,
      metadata: { [long(40, 'k')]: long(500, 'v') },
      webhookUrl: `https://${long(60, 'host-')}.example.com/${long(500, 'path-')}`,
    });
    await run({ text: 'again', labels: undefined, classifier: NAME } as never);
    const token = await client.tokens.create({ name: long(100, 'token-'), scopes: ['jobs:write'] });
    const webhook = await client.webhooks.create({
      url: `https://${long(60, 'host-')}.example.com/${long(500, 'path-')}`,
      events: ['classification.succeeded', 'batch.finished'],
      description: long(200, ''),
    });
    const batch = await client.batches.submit({ defaults: { labels: LABELS }, items: [{ text: 'a' }] });
    const evaluation = await client.evaluations.start(NAME, {
      samples: LABELS.slice(0, 20).map((label) => ({ text: label, label })),
      providers: [NAME],
    });
    await eventually(async () => (await client.evaluations.get(evaluation.id)).finishedAt !== null, {
      timeoutMs: 60_000,
    });
    await client.providers.update(NAME, { priority: 20 });
    await client.providers.create({
      name: 'off',
      type: 'openai',
      enabled: false,
      apiKey: 'sk-rehearsal-0123456789',
      configuration: { model: long(200, 'model-') },
    });
    const { provider } = await client.providers.read(NAME);
    details.push(
      `/jobs/${job.id}`,
      `/playground?job=${job.id}`,
      `/batches/${batch.id}`,
      `/classifiers/${NAME}`,
      `/classifiers/${NAME}/edit`,
      `/classifiers/${NAME}/evaluate`,
      `/classifiers/${NAME}/evaluations/${evaluation.id}`,
      `/webhooks/${webhook.id}`,
      `/advanced/providers/${provider.id}`,
      `/advanced/providers/${provider.id}/edit`,
      `/?do=budget&of=${provider.id}`,
      `/audit?targetId=${token.id}`,
    );
  },
});

const PAGES = [
  '/',
  '/processing',
  '/jobs',
  '/playground',
  '/batches',
  '/batches/new',
  '/classifiers',
  '/classifiers/-/new',
  '/advanced/providers',
  '/advanced/providers/new',
  '/advanced/failover',
  '/advanced/drills',
  '/tokens',
  '/webhooks',
  '/audit',
  '/settings',
  '/nowhere',
];

test('fits every page into a phone, a laptop and a wide screen', async ({ page }) => {
  await signIn(page, stage());
  for (const path of [...PAGES, ...details]) {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${stage().product.url}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    for (const width of [360, 1280, 2560]) {
      await page.setViewportSize({ width, height: 740 });
      const scrollWidth = () => page.evaluate('document.documentElement.scrollWidth');
      await expect.poll(scrollWidth, `${path} at ${width}`).toBeLessThanOrEqual(width);
    }
  }
});
