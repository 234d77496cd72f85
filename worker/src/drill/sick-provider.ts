import type { DrillFault } from '@understudy/shared/contracts/drill';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { toProviderReference } from '@understudy/shared/store/providers/to-reference';
import type { CreateAdapter } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { toConnection } from '../providers/to-connection.ts';
import { injectFault } from './inject-fault.ts';

/** Nothing is sent, so any key will do: a drill must not fail for one that is missing or cannot be read. */
const NO_KEY = 'drill-without-a-key';

/** A provider as it is, in service whatever its state, but for what its calls come to. */
export function createSickProvider(
  { apiKey: _key, ...provider }: ProviderDocument,
  fault: DrillFault,
  createAdapter: CreateAdapter,
): PooledProvider {
  return {
    provider: { ...provider, enabled: true, flagged: null },
    reference: toProviderReference(provider),
    adapter: createAdapter(toConnection(provider, NO_KEY), { fetch: injectFault(fault) }),
  };
}
