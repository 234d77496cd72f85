import { Redis } from 'ioredis';
import { answerQuestions } from '../bed/child.ts';
import { now } from '../measure/now.ts';

const redis = new Redis(process.env['BENCH_REDIS_URL'] ?? '', { maxRetriesPerRequest: null });

/** The least that a round trip is to a process of its own: how long each took, in milliseconds. */
async function ping({ count }: { count: number }): Promise<number[]> {
  const ms: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const startedAt = now();
    await redis.ping();
    ms.push(now() - startedAt);
  }
  return ms;
}

answerQuestions(ping);
