import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, type JobState } from '../../shared/src/contracts/classification.ts';
import { REDIS_PREFIX } from '../../shared/src/runtime/redis.ts';
import { openRedis } from '../../shared/src/testing/open-redis.ts';

/** How often the end of each job was told, as somebody heard it who listened all the time. */
export interface Announcements {
  counts: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

type Entries = [streamId: string, fields: string[]][];

/** Listens to the stream of events from now on, through restarts and wipes of Redis. */
export async function countAnnouncements(redisUrl: string): Promise<Announcements> {
  const redis = await openRedis(redisUrl, 'blocking');
  const counts = new Map<string, number>();
  const stream = `${REDIS_PREFIX}:events`;
  let last = (await redis.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0';
  let stopping = false;

  async function readOn() {
    const answer: [string, Entries][] | null = await redis.xread('BLOCK', 1_000, 'STREAMS', stream, last);
    for (const [streamId, fields] of answer?.[0]?.[1] ?? []) {
      last = streamId;
      const event = JSON.parse(fields[1] ?? '{}') as { type?: string; id?: string; state?: JobState };
      if (event.type !== 'job.updated' || !event.id || !event.state || !isFinal(event.state)) continue;
      counts.set(event.id, (counts.get(event.id) ?? 0) + 1);
    }
  }

  async function listen() {
    while (!stopping) await readOn().catch(() => delay(50));
  }

  const listening = listen();
  return {
    counts,
    async stop() {
      stopping = true;
      redis.disconnect();
      await listening;
    },
  };
}
