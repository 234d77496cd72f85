import type { Client } from '../../shared/src/client/client.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';

const JOB = { text: 'Is it in use, or is it about billing?', labels: ['praise', 'bug', 'billing'] };
const IN_A_ROW = 20;

/** Until each worker knows the provider, `local` answers: so many answers in a row are not all of one worker. */
export async function untilInUse(client: Client, name: string): Promise<void> {
  let inARow = 0;
  await eventually(async () => {
    const { id } = await client.classifications.submit(JOB);
    const { provider } = await client.classifications.wait(id, { timeoutMs: 20_000 });
    inARow = provider?.name === name ? inARow + 1 : 0;
    return inARow >= IN_A_ROW;
  });
}
