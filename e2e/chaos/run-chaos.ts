import { setTimeout as delay } from 'node:timers/promises';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { createRandom } from '../../shared/src/testing/random.ts';
import { countAnnouncements } from '../support/announcements.ts';
import { strikeBalance, type Balance } from '../support/balance.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { takeStock, type Stock } from '../soak/take-stock.ts';
import { HARMS, type HarmName } from './harms.ts';
import { createSubmitter, type Submitter } from './submitter.ts';

export interface ChaosOptions {
  /** The same harms come in the same order for the same seed. */
  seed: number;
  /** Every harm comes so often. */
  rounds: number;
  /** Jobs a second. */
  rate: number;
  /** Whether to wait until the calls of dead workers are settled too, which takes most of a minute. */
  untilSettled: boolean;
  report?: (line: string) => void;
}

export interface ChaosReport extends Stock, Balance {
  harms: HarmName[];
  /** Jobs that were accepted under more or fewer ids than keys. */
  acceptedOtherwise: number;
  repeatedSubmits: Submitter['repeats'];
  /** Classifications that the vendor was asked for beyond one a job. */
  callsBeyondOne: number;
}

const PATIENCE_MS = 60_000;
const SETTLED_MS = 90_000;
/** Between two harms, so that each meets a product that works. */
const CALM_MS = 1_000;
const LABELS = ['praise', 'bug', 'billing'];

/** Runs the product under load while processes and stores are killed, frozen and wiped, one after the other. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const fleet = await startFleet({ workers: 2 });
  const vendor = await startFakeOpenAi();
  try {
    await addProvider(fleet, vendor);
    const announced = await countAnnouncements(fleet.redis.uri);
    const submitter = createSubmitter(fleet.client);
    const harms = toHarms(options);
    const load = startLoad(submitter, options);
    await playAll(fleet, harms, options);
    const keys = await load.stop();
    const { accepted } = submitter;
    const stock = await takeStock(fleet.client, { announced, accepted, patienceMs: PATIENCE_MS });
    const { untilSettled } = options;
    const balance = await strikeBalance(fleet.store, { untilSettled, timeoutMs: SETTLED_MS });
    await announced.stop();
    return {
      ...stock,
      ...balance,
      harms,
      acceptedOtherwise: new Set(accepted).size - keys,
      repeatedSubmits: submitter.repeats,
      callsBeyondOne: countCallsBeyondOne(vendor),
    };
  } finally {
    await fleet.close();
    await vendor.stop();
  }
}

async function addProvider({ client }: Fleet, vendor: FakeVendor) {
  vendor.respondAlways({ kind: 'delay', ms: 150 });
  await client.providers.create({
    name: 'main',
    type: 'openai',
    baseUrl: vendor.url,
    priority: 1,
    apiKey: 'sk-chaos-0123456789',
    configuration: { model: 'gpt-4o-mini', maxConcurrency: 64 },
  });
}

/** Every harm, each round in another order. */
function toHarms({ seed, rounds }: ChaosOptions): HarmName[] {
  const random = createRandom(seed);
  const names = Object.keys(HARMS) as HarmName[];
  return Array.from({ length: rounds }, () =>
    names
      .map((name) => ({ name, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ name }) => name),
  ).flat();
}

async function playAll(fleet: Fleet, harms: readonly HarmName[], { seed, report }: ChaosOptions) {
  const random = createRandom(seed + 1);
  for (const name of harms) {
    report?.(name);
    await HARMS[name](fleet, random);
    await delay(CALM_MS);
  }
}

/** Submits at a steady rate until it is stopped; gives how many jobs it was, all of them accepted then. */
function startLoad(submitter: Submitter, { seed, rate }: ChaosOptions): { stop(): Promise<number> } {
  const submits: Promise<string>[] = [];
  const timer = setInterval(() => {
    const text = `Job ${seed}-${submits.length} is about billing`;
    submits.push(submitter.submit({ text, labels: LABELS, allowDegraded: false }, text));
  }, 1_000 / rate);
  return {
    async stop() {
      clearInterval(timer);
      return new Set(await Promise.all(submits)).size && submits.length;
    },
  };
}

function countCallsBeyondOne({ requests }: FakeVendor): number {
  const texts = requests.flatMap(({ question }) => (question ? [question.text] : []));
  return texts.length - new Set(texts).size;
}
