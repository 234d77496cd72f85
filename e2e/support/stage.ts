import { createClient, type Client } from '../../shared/src/client/client.ts';
import { createPair, type Pair, type PairOptions, type VendorType } from './pair.ts';
import { removeData, startProduct, type Product } from './product.ts';

/** One running product on which many scenarios are played, each with providers of its own. */
export interface Stage {
  product: Product;
  client: Client;
  /** A primary of this vendor, with a backup of the other, in use by the workers. */
  createPair(primary: VendorType, options?: PairOptions): Promise<Pair>;
  close(): Promise<void>;
}

/** A label beyond 63 octets cannot be asked for: the resolver fails without sending anything. */
export const UNRESOLVABLE_HOST = `${'x'.repeat(64)}.invalid`;

export async function openStage(env: Record<string, string> = {}): Promise<Stage> {
  const product = await startProduct({
    env: { UNDERSTUDY_PRIVATE_HOSTS: `127.0.0.1,${UNRESOLVABLE_HOST}`, ...env },
  });
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  let pairs = 0;
  return {
    product,
    client,
    createPair(primary, options = {}) {
      pairs += 1;
      return createPair(client, `pair-${pairs}`, primary, options);
    },
    async close() {
      await product.stop();
      removeData(product.dataDir);
    },
  };
}
