import { connectStore, type Store } from '../store/connect.ts';
import { startStoppableProxy, type StoppableProxy } from './stoppable-proxy.ts';
import { toProxiedUri } from './tcp-proxy.ts';
import { createTestBed, type TestBed } from './test-bed.ts';

/** A test bed whose store is also reached by a way that can be cut or frozen. */
export interface ProxiedStore {
  bed: TestBed;
  proxy: StoppableProxy;
  /** Goes through the proxy; `bed.store` does not. */
  store: Store;
  close(): Promise<void>;
}

/** Lays out a test bed and a second connection to its database. */
export async function createProxiedStore(): Promise<ProxiedStore> {
  const bed = await createTestBed();
  const proxy = await startStoppableProxy(new URL(bed.mongodbUri).host);
  const store = await connectStore({ mongodbUri: toProxiedUri(bed.mongodbUri, proxy) });
  return {
    bed,
    proxy,
    store,
    async close() {
      proxy.thaw();
      proxy.mend();
      await store.close();
      await bed.close();
      await proxy.close();
    },
  };
}
