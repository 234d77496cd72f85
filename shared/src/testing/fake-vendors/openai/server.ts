import { startFakeVendor, type FakeVendor, type FakeVendorOptions } from '../fake-vendor.ts';
import { openAiProtocol } from './protocol.ts';

/** Starts a scripted OpenAI; it also stands in for any server that is compatible with it. */
export function startFakeOpenAi(options: FakeVendorOptions = {}): Promise<FakeVendor> {
  return startFakeVendor(openAiProtocol, options);
}
