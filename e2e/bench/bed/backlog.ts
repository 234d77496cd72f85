import type { Bed } from './bed.ts';
import { buildWaitingJob, insertMany } from './ledger.ts';
import { API_KEY, MODEL } from './workload.ts';

/** Jobs of another client that wait for a provider which is switched off. */
export async function addBacklog({ fleet, vendor }: Bed, count: number): Promise<void> {
  const { name } = await fleet.client.providers.create({
    name: 'away',
    type: 'openai',
    enabled: false,
    apiKey: API_KEY,
    baseUrl: vendor.url,
    configuration: { model: MODEL },
  });
  await insertMany(fleet.store.jobs.collection as never, count, (number) =>
    buildWaitingJob(number, { client: 'backlog', providers: [name] }),
  );
}
