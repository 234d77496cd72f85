import type { FakeVendor, FakeVendorOptions } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { afterEach } from 'vitest';
import type { Adapter, CreateAdapter, ProviderConnection } from '../../adapter.ts';
import { connectionOf } from '../connection.ts';
import { watchHeaders } from './watch-headers.ts';

/** An adapter under test, and how to start the vendor that it talks to. */
export interface RemoteSubject {
  name: string;
  type: 'openai' | 'anthropic' | 'openai-compatible';
  create: CreateAdapter;
  startVendor(options?: FakeVendorOptions): Promise<FakeVendor>;
}

export interface Stage {
  vendor: FakeVendor;
  adapter: Adapter;
  /** Settles when the headers of the next response have reached the adapter. */
  headersArrived(): Promise<void>;
}

/** Starts vendors and adapters for the tests of one suite, and stops them after each test. */
export function useStage(subject: RemoteSubject) {
  const opened: { vendor: FakeVendor; adapter: Adapter }[] = [];
  afterEach(async () => {
    for (const { vendor, adapter } of opened.splice(0)) {
      await adapter.close();
      await vendor.stop();
    }
  });

  return async (
    options: FakeVendorOptions = {},
    more: Parameters<typeof connectionOf>[2] = {},
  ): Promise<Stage> => {
    const vendor = await subject.startVendor(options);
    const { deps, headersArrived } = watchHeaders();
    const connection: ProviderConnection = connectionOf(subject.type, vendor.url, more);
    const adapter = subject.create(connection, deps);
    opened.push({ vendor, adapter });
    return { vendor, adapter, headersArrived };
  };
}

/** No limit: what hangs is ended by the test's own. */
export function ample(): AbortSignal {
  return new AbortController().signal;
}
