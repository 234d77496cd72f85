import { expect, test } from '@playwright/test';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import type { NewClassification } from '../../shared/src/client/classifications.ts';
import type { Classification } from '../../shared/src/contracts/classification.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { watchFaults } from './console.ts';
import { removeData, startProduct, type Product } from './product.ts';

/** One running product whose console is looked at, with fake vendors behind its providers. */
export interface ConsoleStage {
  product: Product;
  /** The API as the admin, to set a scene and to see what a click has done. */
  client: Client;
  /** The vendor behind the provider of this name. */
  vendor(name: string): FakeVendor;
  /** Submits a job and waits for its end. */
  run(job?: Partial<NewClassification>): Promise<Classification>;
}

interface StageOptions {
  /** Names of providers, in the order in which they are tried. */
  providers?: readonly string[];
  /** What has to be there before the first test. */
  prepare?: (stage: ConsoleStage) => Promise<void>;
}

const MODEL = 'gpt-4o-mini';
const WAIT_SECONDS = 30;

/**
 * Starts the product once for the spec file, and holds every page of it to what no page may do, whatever else a test
 * looks at: an error in the console, or a request to another host. For the top level of a spec file.
 */
export function useConsole({ providers = [], prepare }: StageOptions = {}): () => ConsoleStage {
  let stage: ConsoleStage;
  const vendors = new Map<string, FakeVendor>();
  const started = new AsyncDisposableStack();
  let faults: string[] = [];

  test.beforeAll(async () => {
    test.setTimeout(90_000);
    const product = await startProduct({ env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
    started.defer(async () => {
      await product.stop();
      removeData(product.dataDir);
    });
    const client = createClient({ baseUrl: product.url, token: product.adminToken });
    for (const [index, name] of providers.entries()) {
      const vendor = await startFakeOpenAi({ models: [MODEL] });
      vendors.set(name, vendor);
      started.defer(() => vendor.stop());
      await client.providers.create({
        name,
        type: 'openai',
        apiKey: 'sk-rehearsal-0123456789',
        baseUrl: vendor.url,
        priority: (index + 1) * 10,
        configuration: { model: MODEL },
      });
    }
    stage = {
      product,
      client,
      vendor(name) {
        const vendor = vendors.get(name);
        if (!vendor) throw new Error(`No provider is called ${name}.`);
        return vendor;
      },
      run: (job = {}) =>
        client.classifications.submit(
          { text: 'It is about billing', labels: ['billing', 'bug'], ...job } as NewClassification,
          { waitSeconds: WAIT_SECONDS },
        ),
    };
    await prepare?.(stage);
  });

  test.afterAll(() => started.disposeAsync());

  test.beforeEach(({ context }) => {
    faults = watchFaults(context, stage.product.url);
  });

  test.afterEach(() => {
    expect(faults).toEqual([]);
  });
  return () => stage;
}
