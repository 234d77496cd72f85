import { startFleet, type Fleet } from '../../support/fleet.ts';
import { API_KEY, MODEL } from './workload.ts';
import { startVendor, type Vendor } from './vendor.ts';

/** The product's processes on real stores, and the one vendor that they call. */
export interface Bed {
  fleet: Fleet;
  vendor: Vendor;
  /** Says how many calls the vendor takes at once; more than come, unless it is said. */
  limitVendor(places?: number): Promise<void>;
  close(): Promise<void>;
}

/** More than any part here has under way at once, so that only the product's own speed bounds a rate. */
const PLACES = 2_000;

/** Starts stores, API and scheduler, but no worker; the only provider is the vendor, without a limit. */
export async function layBed({ workers = 0 }: { workers?: number } = {}): Promise<Bed> {
  const vendor = await startVendor();
  const fleet = await startFleet({ apis: 1, workers });
  const { id } = await fleet.client.providers.create({
    name: 'bench',
    type: 'openai',
    apiKey: API_KEY,
    baseUrl: vendor.url,
    priority: 1,
    configuration: { model: MODEL, maxConcurrency: PLACES },
  });
  return {
    fleet,
    vendor,
    async limitVendor(places = PLACES) {
      await fleet.client.providers.update(id, { configuration: { maxConcurrency: places } });
    },
    async close() {
      await fleet.close();
      await vendor.stop();
    },
  };
}
