import { setTimeout as delay } from 'node:timers/promises';
import type { FakeBehaviour } from '../../shared/src/testing/fake-vendors/behaviour.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';

/** What may come over a provider; another one can answer for each of these. */
const FAULTS: readonly FakeBehaviour[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 529 },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 401 },
  { kind: 'hang' },
  { kind: 'stall' },
  { kind: 'drip', everyMs: 500 },
  { kind: 'delay', ms: 6_000 },
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'html' },
  { kind: 'malformed' },
  { kind: 'empty' },
  { kind: 'cut' },
  { kind: 'say', content: 'Perhaps something else altogether' },
];
const MIN_MS = 1_000;
const MAX_MS = 8_000;

/** A fault that came over a vendor. */
export interface Outage {
  vendor: string;
  behaviour: FakeBehaviour;
}

/** Lets faults come over a vendor and go again until `signal` aborts, which leaves it well. Gives what came. */
export async function plague(
  [name, vendor]: [string, FakeVendor],
  random: () => number,
  signal: AbortSignal,
): Promise<Outage[]> {
  const outages: Outage[] = [];
  const last = async () => {
    const ms = MIN_MS + random() * (MAX_MS - MIN_MS);
    await delay(ms, undefined, { signal }).catch(() => {});
  };
  while (!signal.aborted) {
    await last();
    const behaviour = FAULTS[Math.floor(random() * FAULTS.length)] ?? { kind: 'hang' };
    const isOutage = random() < 0.5;
    outages.push({ vendor: name, behaviour });
    if (isOutage) vendor.breakDown(behaviour);
    else vendor.respondAlways(behaviour);
    await last();
    vendor.recover();
    vendor.respondAlways({ kind: 'answer' });
  }
  return outages;
}
