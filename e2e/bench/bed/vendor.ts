import { startChild } from './child.ts';
import type { VendorAnswer, VendorQuestion } from './vendor-process.ts';

/** A vendor in a process of its own, the same for both sides, which costs as little as one can. */
export interface Vendor {
  /** As an operator would enter it. */
  url: string;
  /** Begins a new record, and answers after so long from now on. */
  begin(latencyMs: number): Promise<void>;
  /** When each call since was answered, by the machine's clock. */
  read(): Promise<{ answeredAt: number[] }>;
  stop(): Promise<void>;
}

export async function startVendor(): Promise<Vendor> {
  const child = await startChild<VendorQuestion, VendorAnswer>(new URL('vendor-process.ts', import.meta.url));
  const { port } = await child.ask({ latencyMs: 0 });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    begin: async (latencyMs) => void (await child.ask({ latencyMs })),
    read: () => child.ask({ latencyMs: null }),
    stop: child.stop,
  };
}
