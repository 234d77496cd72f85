import { createClient } from '../../shared/src/client/client.ts';
import type { NewProvider } from '../../shared/src/client/providers.ts';
import { loadCsv } from '../../shared/src/demo/load-csv.ts';
import { saveClassifier } from '../../shared/src/demo/save-classifier.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeAnthropic } from '../../shared/src/testing/fake-vendors/anthropic/server.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { Product } from '../support/product.ts';

const AT_ONCE = 8;
const QUESTIONS = 240;
/** How long each model thinks, in milliseconds. */
const THINKS = { main: 140, spare: 320, house: 90 };

/** Real questions, answered as people answered them by three rehearsed providers, one of which fails now and then. */
export async function rehearse(product: Product) {
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  const questions = (await loadCsv('queries.csv')).slice(0, QUESTIONS);
  const classifier = await saveClassifier(client, await loadCsv('examples.csv'));
  const categories = new Map(questions.map(({ text, category }) => [text, category]));
  const answer = ({ text, labels }: { text: string; labels: string[] }) => [
    { name: categories.get(text) ?? labels[0] ?? '', confidence: 0.8 + (text.length % 19) / 100 },
  ];

  const vendors = {
    main: await startFakeOpenAi({ answer, models: ['gpt-4.1-mini'] }),
    spare: await startFakeAnthropic({ answer, models: ['claude-haiku-4-5'] }),
    house: await startFakeOpenAi({ answer, models: ['qwen-2.5-7b'] }),
  };
  for (const name of ['main', 'spare', 'house'] as const) {
    vendors[name].respondAlways({ kind: 'delay', ms: THINKS[name] });
  }
  const key = { apiKey: 'sk-rehearsal-0123456789' };
  const providers: NewProvider[] = [
    {
      ...key,
      name: 'openai-main',
      type: 'openai',
      baseUrl: vendors.main.url,
      priority: 10,
      configuration: { model: 'gpt-4.1-mini', monthlyBudgetUsd: 50 },
    },
    {
      ...key,
      name: 'anthropic-spare',
      type: 'anthropic',
      baseUrl: vendors.spare.url,
      priority: 20,
      configuration: { model: 'claude-haiku-4-5' },
    },
    {
      ...key,
      name: 'in-house',
      type: 'openai-compatible',
      baseUrl: vendors.house.url,
      priority: 30,
      configuration: { model: 'qwen-2.5-7b', price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } },
    },
  ];
  for (const provider of providers) await client.providers.create(provider);
  await client.config.update({ healthCheck: { intervalMs: 1_000 } });

  const submit = (text: string) => client.classifications.submit({ text, classifier }, { waitSeconds: 30 });
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    if (from % 48 === 0)
      vendors.main.respondWith({ kind: 'status', status: 503 }, { kind: 'status', status: 429 });
    await Promise.all(questions.slice(from, from + AT_ONCE).map(({ text }) => submit(text)));
  }
  await client.config.update({ strategy: 'latency' });
  await client.config.update({ strategy: 'priority' });
  // Its vendor may have told it to wait; once it has answered, it is the first to be asked again.
  const only = { text: questions[0]?.text ?? '', classifier, providers: ['openai-main'] };
  await client.classifications.submit(only, { waitSeconds: 60 });
  vendors.main.breakDown({ kind: 'hang' });
  const { id: jobId } = await submit(questions[0]?.text ?? '');
  vendors.main.recover();
  const batch = await client.batches.submit({
    defaults: { classifier },
    items: questions.slice(0, 40).map(({ text }, index) => ({ text, customId: `row-${index}` })),
  });
  const evaluation = await client.evaluations.start(classifier, {
    samples: questions.slice(0, 60).map(({ text, category }) => ({ text, label: category })),
    providers: ['anthropic-spare', 'local'],
  });
  const webhook = await client.webhooks.create({
    url: 'https://tickets.example.com/hooks/understudy',
    events: ['classification.succeeded', 'batch.finished'],
    description: 'The ticket system',
  });
  await client.tokens.create({ name: 'ticket system', client: 'helpdesk', scopes: ['jobs:write'] });
  await eventually(
    async () => {
      const ends = [await client.batches.get(batch.id), await client.evaluations.get(evaluation.id)];
      const { availability } = await client.stats.overview('24h');
      return availability.ratio !== null && ends.every(({ finishedAt }) => finishedAt !== null);
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
  const { provider } = await client.providers.read('openai-main');
  await client.failovers.drill({ providerId: provider.id, fault: 'server_error' });
  return {
    classifier,
    jobId,
    batchId: batch.id,
    evaluationId: evaluation.id,
    webhookId: webhook.id,
    providerId: provider.id,
    stop: async () => {
      await Promise.all(Object.values(vendors).map((vendor) => vendor.stop()));
    },
  };
}
