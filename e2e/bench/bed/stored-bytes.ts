import type { Fleet } from '../../support/fleet.ts';
import { readStored } from '../measure/processors.ts';

/** Bytes that each store had written to disk for each job. */
export interface StoredBytes {
  mongod: number;
  redis: number;
}

/** Begins to count. @returns what ends it */
export function watchStored(
  { mongod, redis }: Pick<Fleet, 'mongod' | 'redis'>,
  jobs: number,
): () => StoredBytes {
  const read = () => ({ mongod: readStored(mongod.pid()), redis: readStored(redis.pid()) });
  const before = read();
  return () => {
    const after = read();
    return { mongod: (after.mongod - before.mongod) / jobs, redis: (after.redis - before.redis) / jobs };
  };
}
