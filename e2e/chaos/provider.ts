import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { Fleet } from '../support/fleet.ts';

const LABELS = ['praise', 'bug', 'billing'];

/** Enters a vendor as the one provider besides `local`, with room for all that a test may ask of it. */
export async function addProvider({ client }: Pick<Fleet, 'client'>, { url }: FakeVendor): Promise<void> {
  await client.providers.create({
    name: 'main',
    type: 'openai',
    baseUrl: url,
    priority: 1,
    apiKey: 'sk-chaos-0123456789',
    configuration: { model: 'gpt-4o-mini', maxConcurrency: 64, timeoutMs: 30_000 },
  });
}

/** Until each worker knows the provider, `local` answers: so many answers in a row are not all of one worker. */
export async function untilInUse({ client }: Pick<Fleet, 'client'>): Promise<void> {
  let inARow = 0;
  await eventually(
    async () => {
      const { id } = await client.classifications.submit({ text: 'Is it in use?', labels: LABELS });
      const { provider } = await client.classifications.wait(id, { timeoutMs: 20_000 });
      inARow = provider?.name === 'main' ? inARow + 1 : 0;
      return inARow >= 10;
    },
    { timeoutMs: 30_000 },
  );
}

/** A job that only the vendor can answer; its text tells which one it is. */
export const toJob = (text: string) => ({ text: `${text}: billing`, labels: LABELS, allowDegraded: false });
