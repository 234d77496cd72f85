import { createCaller, type Caller } from '../measure/caller.ts';
import { now } from '../measure/now.ts';
import { sendAtRate, type Sent } from '../measure/send-at-rate.ts';
import type { Bed } from './bed.ts';
import { startChild } from './child.ts';
import { untilAllEnded } from './ledger.ts';
import { LABELS, toText } from './workload.ts';
import { SUBMIT_PATH, toSubmission } from './submit.ts';

/** Something that takes jobs in. */
export interface Target {
  submitAtRate(perSecond: number, seconds: number): Promise<Sent>;
  /** @returns how long the reply took, in milliseconds */
  sendBatch(items: number): Promise<number>;
  /** Waits until nothing of what was taken in is left to be done. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

function createTarget(caller: Caller): Pick<Target, 'submitAtRate' | 'sendBatch'> {
  return {
    submitAtRate: (perSecond, seconds) =>
      sendAtRate(
        async (number) => (await caller.call('POST', SUBMIT_PATH, toSubmission(number))).status === 202,
        { perSecond, seconds },
      ),
    async sendBatch(count) {
      const items = Array.from({ length: count }, (_, number) => ({ text: toText(number) }));
      const body = JSON.stringify({ defaults: { labels: LABELS, allowDegraded: false }, items });
      const startedAt = now();
      const reply = await caller.call('POST', `${SUBMIT_PATH}/batch`, body);
      const ms = now() - startedAt;
      if (reply.status !== 202 || (JSON.parse(reply.body) as { accepted: number }).accepted !== count)
        throw new Error(`The batch came to ${reply.status}`);
      return ms;
    },
  };
}

/** The product, whose workers do what is submitted. */
export function openTarget({ fleet }: Bed): Target {
  const caller = createCaller(fleet.urls[0] ?? '', fleet.token);
  return {
    ...createTarget(caller),
    clear: () => untilAllEnded(fleet.store),
    close: async () => caller.close(),
  };
}

/** A bare API on the same stores; nobody does what it takes in. */
export async function openBareTarget({ fleet }: Bed): Promise<Target> {
  const file = new URL('../bare/bare-api-process.ts', import.meta.url);
  const child = await startChild<object, number>(file, {
    BENCH_MONGODB_URI: fleet.mongod.uri,
    BENCH_REDIS_URL: fleet.redis.uri,
  });
  const caller = createCaller(`http://127.0.0.1:${await child.ask({})}`, 'nobody');
  return {
    ...createTarget(caller),
    clear: async () => void (await child.ask({})),
    async close() {
      caller.close();
      await child.stop();
    },
  };
}
