import { setTimeout as delay } from 'node:timers/promises';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { createRandom } from '../../shared/src/testing/random.ts';
import { countAnnouncements } from '../support/announcements.ts';
import { strikeBalance, type Balance } from '../support/balance.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { takeStock, type Stock } from '../support/take-stock.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { HARMS, type HarmName } from './harms.ts';
import { startLoad } from './load.ts';
import { addProvider, PROVIDER } from './provider.ts';
import { createSubmitter, type Submitter } from './submitter.ts';

export interface ChaosOptions {
  /** The same harms come in the same order for the same seed. */
  seed: number;
  /** Every harm comes once, and all of them again until this time is over. */
  seconds: number;
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

const TIMEOUT_MS = 60_000;
const SETTLED_MS = 90_000;
/** Between two harms, so that each meets a product that works. */
const CALM_MS = 1_000;
const ANSWER_MS = 150;

/** Runs the product under load while processes and stores are killed, frozen and wiped, one after the other. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const fleet = await startFleet({ workers: 2 });
  const vendor = await startFakeOpenAi();
  try {
    vendor.respondAlways({ kind: 'delay', ms: ANSWER_MS });
    await addProvider(fleet, vendor);
    await untilInUse(fleet.client, PROVIDER);
    const announced = await countAnnouncements(fleet.redis.uri);
    const submitter = createSubmitter(fleet.client);
    const load = startLoad(submitter, { name: `Chaos ${options.seed}`, rate: options.rate });
    const harms = await playRounds(fleet, options);
    const submitted = await load.stop();
    const { accepted } = submitter;
    const stock = await takeStock(fleet.client, { announced, accepted, timeoutMs: TIMEOUT_MS });
    const { untilSettled } = options;
    const balance = await strikeBalance(fleet.store, { untilSettled, timeoutMs: SETTLED_MS });
    await announced.stop();
    return {
      ...stock,
      ...balance,
      harms,
      acceptedOtherwise: new Set(accepted).size - submitted,
      repeatedSubmits: submitter.repeats,
      callsBeyondOne: countCallsBeyondOne(vendor),
    };
  } finally {
    await fleet.close();
    await vendor.stop();
  }
}

/** Every harm, each round in another order. Gives what came. */
async function playRounds(fleet: Fleet, { seed, seconds, report }: ChaosOptions): Promise<HarmName[]> {
  const random = createRandom(seed);
  const endsAt = performance.now() + seconds * 1_000;
  const played: HarmName[] = [];
  do {
    for (const name of toShuffled(Object.keys(HARMS) as HarmName[], random)) {
      report?.(name);
      await HARMS[name](fleet, random);
      await delay(CALM_MS);
      played.push(name);
    }
  } while (performance.now() < endsAt);
  return played;
}

function toShuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function countCallsBeyondOne({ requests }: FakeVendor): number {
  const texts = requests.flatMap(({ question }) =>
    question?.text.startsWith('Chaos') ? [question.text] : [],
  );
  return texts.length - new Set(texts).size;
}
