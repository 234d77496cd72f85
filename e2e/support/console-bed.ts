import { expect, test } from '@playwright/test';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import { watchFaults } from './console.ts';
import { makeDataDir, removeData, startProduct, type Product } from './product.ts';

export interface ConsoleBed {
  product: Product;
  /** The API as the admin, to set a scene and to see what a click has done. */
  client: Client;
}

/** One product for the tests of a file, none of which may leave a fault on a page, whatever else it looks at. */
export function setUpConsole(): ConsoleBed {
  const bed = {} as ConsoleBed;
  let faults: string[] = [];

  test.beforeAll(async () => {
    test.setTimeout(90_000);
    bed.product = await startProduct({
      dataDir: makeDataDir(),
      env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' },
    });
    bed.client = createClient({ baseUrl: bed.product.url, token: bed.product.adminToken });
  });
  test.afterAll(async () => {
    await bed.product.stop();
    removeData(bed.product.dataDir);
  });
  test.beforeEach(({ page }) => {
    faults = watchFaults(page, bed.product);
  });
  test.afterEach(() => {
    expect(faults).toEqual([]);
  });
  return bed;
}
