import { readRedisNow } from '../../runtime/redis.ts';
import { CLOCKS_AGREE_MS } from '../../store/ledger-clock.ts';
import { readServerNow } from '../../store/read-server.ts';
import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { Inspection } from './inspection.ts';
import { toDuration } from './wording.ts';

const CHECK = 'clocks';
/** What receivers of webhooks allow a signature's time to be off (Standard Webhooks): beyond it they refuse all. */
const FAIL_MS = 5 * 60_000;
const FIX =
  'Have every machine keep its time by NTP (`timedatectl set-ntp true`, or chrony), also those of the stores.';

/** What goes by a store's clock, where that is not this machine's. */
const BY_STORE = {
  MongoDB:
    'Jobs and webhooks go by MongoDB’s; schedules, the order of lists and log lines by this machine’s.',
  Redis: 'Circuits, limits and waits for them go by Redis’s, jobs by MongoDB’s.',
};

/** Whether this machine and the stores agree on the time. */
export const checkClocks: Check = {
  name: CHECK,
  async run(inspection) {
    const { store, redis } = inspection;
    const skews = [
      store.ok ? await measure('MongoDB', inspection, () => readServerNow(store.value)) : null,
      redis.ok ? await measure('Redis', inspection, () => readRedisNow(redis.value)) : null,
    ].filter((skew) => skew !== null);
    const found = skews.flatMap((skew) => judgeSkew(skew) ?? []);
    if (found.length > 0 || skews.length === 0) return found;
    const all = ['This machine', ...skews.map(({ whose }) => whose)].join(', ');
    return [ok(CHECK, `${all} agree, to ${toDuration(CLOCKS_AGREE_MS)}.`)];
  },
};

/** By how much a clock is ahead of this machine's, for sure: what the answer took is left out. */
interface Skew {
  whose: keyof typeof BY_STORE;
  aheadMs: number;
}

async function measure(
  whose: Skew['whose'],
  { clock }: Inspection,
  read: () => Promise<number>,
): Promise<Skew> {
  const before = clock.now();
  const theirs = await read();
  const after = clock.now();
  const aheadMs = theirs > after ? theirs - after : theirs < before ? theirs - before : 0;
  return { whose, aheadMs };
}

function judgeSkew({ whose, aheadMs }: Skew): Finding | null {
  const ms = Math.abs(aheadMs);
  if (ms < CLOCKS_AGREE_MS) return null;
  const what = `The clock of ${whose} is ${toDuration(ms)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s.`;
  const words = `${what} ${BY_STORE[whose]}`;
  if (ms < FAIL_MS) return warn(CHECK, words, FIX);
  return fail(CHECK, `${words} Receivers refuse webhooks that are signed so far off the true time.`, FIX);
}
