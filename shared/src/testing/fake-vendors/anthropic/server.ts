import { startFakeVendor, type FakeVendor, type FakeVendorOptions } from '../fake-vendor.ts';
import { anthropicProtocol } from './protocol.ts';

/** Starts a scripted Anthropic. */
export function startFakeAnthropic(options: FakeVendorOptions = {}): Promise<FakeVendor> {
  return startFakeVendor(anthropicProtocol, options);
}
