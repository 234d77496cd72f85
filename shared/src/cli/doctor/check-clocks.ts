import { readRedisNow } from '../../runtime/redis.ts';
import { readServerNow } from '../../store/read-server.ts';
import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { Inspection } from './inspection.ts';
import { toDuration } from './wording.ts';

const CHECK = 'clocks';
/** The shortest deadline that a job may have: beyond it, a job may be over before it begins. */
const WARN_MS = 1_000;
/** What receivers of webhooks allow a signature's time to be off (Standard Webhooks): beyond it they refuse all. */
const FAIL_MS = 5 * 60_000;
const FIX =
  'Have every machine keep its time by NTP (`timedatectl set-ntp true`, or chrony), also those of the stores.';

/** Whether this machine and the stores agree on the time. A claim's lease goes by MongoDB's clock, a circuit by Redis's. */
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
    return [ok(CHECK, `${all} agree, to ${toDuration(WARN_MS)}.`)];
  },
};

/** By how much a clock is ahead of this machine's, for sure: what the answer took is left out. */
interface Skew {
  whose: string;
  aheadMs: number;
}

async function measure(whose: string, { clock }: Inspection, read: () => Promise<number>): Promise<Skew> {
  const before = clock.now();
  const theirs = await read();
  const after = clock.now();
  const aheadMs = theirs > after ? theirs - after : theirs < before ? theirs - before : 0;
  return { whose, aheadMs };
}

function judgeSkew({ whose, aheadMs }: Skew): Finding | null {
  const ms = Math.abs(aheadMs);
  if (ms < WARN_MS) return null;
  const what = `The clock of ${whose} is ${toDuration(ms)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s.`;
  if (ms >= FAIL_MS) return fail(CHECK, `${what} Receivers refuse webhooks that are signed so far off.`, FIX);
  return warn(CHECK, `${what} Deadlines, limits and the order of jobs are off by as much.`, FIX);
}
