import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import type { Fleet } from '../support/fleet.ts';

const LABELS = ['praise', 'bug', 'billing'];

/** What chaos knows its provider by. */
export const PROVIDER = 'main';

/** Enters a vendor as the one provider besides `local`, with room for all that a test may ask of it. */
export async function addProvider({ client }: Pick<Fleet, 'client'>, { url }: FakeVendor): Promise<void> {
  await client.providers.create({
    name: PROVIDER,
    type: 'openai',
    baseUrl: url,
    priority: 1,
    apiKey: 'sk-chaos-0123456789',
    configuration: { model: 'gpt-4o-mini', maxConcurrency: 64, timeoutMs: 30_000 },
  });
}

/** A job that only the vendor can answer; its text tells which one it is. */
export const toJob = (text: string) => ({ text: `${text}: billing`, labels: LABELS, allowDegraded: false });
