import type { Client } from '../../shared/src/client/client.ts';
import type { NewClassification } from '../../shared/src/client/classifications.ts';
import type { Attempt, Classification } from '../../shared/src/contracts/classification.ts';
import type { Failover } from '../../shared/src/contracts/failover.ts';
import type { RemoteConfiguration } from '../../shared/src/contracts/provider.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeAnthropic } from '../../shared/src/testing/fake-vendors/anthropic/server.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { prefer } from './prefer.ts';

export type VendorType = 'openai' | 'anthropic';

export interface PairOptions {
  /** Settings of the primary, where they are not the product's own. */
  primary?: Partial<RemoteConfiguration>;
  backup?: Partial<RemoteConfiguration>;
  /** Where the primary is called, if not at its vendor. */
  toUrl?: (vendorUrl: string) => string;
}

/** Two providers with a vendor each. The primary's model says `bug` of any text, the backup's `billing`. */
export interface Pair {
  primary: { name: string; vendor: FakeVendor };
  backup: { name: string; vendor: FakeVendor };
  /** Submits a job that may go to these two only and waits for its end. */
  run(job?: Partial<NewClassification>): Promise<Classification>;
  /** The log of its failovers, once it has any. */
  readFailovers(jobId: string): Promise<Failover[]>;
  /** Deletes the providers and ends their vendors. */
  dismiss(): Promise<void>;
}

const VENDORS = {
  openai: { start: startFakeOpenAi, model: 'gpt-4o-mini', apiKey: 'sk-rehearsal-0123456789' },
  anthropic: { start: startFakeAnthropic, model: 'claude-haiku-4-5', apiKey: 'sk-ant-rehearsal-0123' },
};
export const PRIMARY_ANSWER = 'bug';
export const BACKUP_ANSWER = 'billing';
const JOB = { text: 'My card was charged twice', labels: ['praise', PRIMARY_ANSWER, BACKUP_ANSWER] };
/** Far beyond what any scenario takes. */
const TIMEOUT_MS = 40_000;

export async function createPair(
  client: Client,
  name: string,
  primaryType: VendorType,
  options: PairOptions,
): Promise<Pair> {
  const backupType = primaryType === 'openai' ? 'anthropic' : 'openai';
  const vendors = [
    await VENDORS[primaryType].start({ answer: prefer(PRIMARY_ANSWER) }),
    await VENDORS[backupType].start({ answer: prefer(BACKUP_ANSWER) }),
  ] as const;
  const primary = { name: `${name}-primary`, vendor: vendors[0] };
  const backup = { name: `${name}-backup`, vendor: vendors[1] };
  const add = (
    type: VendorType,
    at: { name: string; baseUrl: string },
    more?: Partial<RemoteConfiguration>,
  ) =>
    client.providers.create({
      type,
      ...at,
      apiKey: VENDORS[type].apiKey,
      configuration: { model: VENDORS[type].model, ...more },
    });
  const primaryUrl = options.toUrl?.(primary.vendor.url) ?? primary.vendor.url;
  await add(primaryType, { name: primary.name, baseUrl: primaryUrl }, options.primary);
  await add(backupType, { name: backup.name, baseUrl: backup.vendor.url }, options.backup);

  const run: Pair['run'] = async (job) => {
    const providers = [primary.name, backup.name];
    const { id } = await client.classifications.submit({ ...JOB, providers, ...job });
    return client.classifications.wait(id, { timeoutMs: TIMEOUT_MS });
  };
  // The workers know both from the moment in which they know the one that was added last.
  await run({ providers: [backup.name] });
  return {
    primary,
    backup,
    run,
    // They are written beside the dispatch, which does not wait for it.
    readFailovers: (jobId) =>
      eventually(async () => {
        const { data } = await client.failovers.list({ jobId });
        return data.length > 0 && data;
      }),
    async dismiss() {
      for (const { name, vendor } of [primary, backup]) {
        await client.providers.remove(name);
        await vendor.stop();
      }
    },
  };
}

/** The classifications that a vendor was asked for so far; listing models is no call. */
export function countCalls({ vendor }: Pair['primary']): number {
  return vendor.calls().length;
}

/** The attempts of a job at one of the two, in short. */
export function listTries(
  job: Classification,
  { name }: Pair['primary'],
): Pick<Attempt, 'outcome' | 'fault'>[] {
  return job.attempts
    .filter(({ provider }) => provider.name === name)
    .map(({ outcome, fault }) => ({ outcome, fault }));
}
