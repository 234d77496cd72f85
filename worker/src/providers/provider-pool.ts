import type { ProviderReference } from '@understudy/shared/contracts/classification';
import type { LockedKey } from '@understudy/shared/store/key-holders/model';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import type { Adapter } from '../llm/adapter.ts';

/** A provider as this process can call it, as configured at the last reload. */
export interface PooledProvider {
  provider: Omit<ProviderDocument, 'apiKey'>;
  reference: ProviderReference;
  adapter: Adapter;
}

/** The providers that are not deleted, each with its adapter; disabled and flagged ones too. */
export interface ProviderPool {
  /** In order of priority, then of name. */
  list(): PooledProvider[];
  get(id: string): PooledProvider | null;
  /** Whether this process can call every one that is enabled. */
  canUseAll(): boolean;
  /** Those whose key this process cannot open. */
  locked(): LockedKey[];
  /** Reads the providers again. Calls in flight finish on the adapter that they began with. */
  reload(): Promise<void>;
  close(): Promise<void>;
}
