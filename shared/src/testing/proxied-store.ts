import { connectStore, type Store } from '../store/connect.ts';
import { startStoppableProxy, type StoppableProxy } from './stoppable-proxy.ts';
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
  const uri = new URL(bed.mongodbUri);
  const proxy = await startStoppableProxy(uri.host);
  uri.host = `127.0.0.1:${proxy.port}`;
  // The set's member is known by its own address, which the driver must not go to.
  uri.searchParams.delete('replicaSet');
  uri.searchParams.set('directConnection', 'true');
  const store = await connectStore({ mongodbUri: uri.href });
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
