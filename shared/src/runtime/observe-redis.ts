import type { Redis } from 'ioredis';
import type { OnOperation } from './store-latency.ts';

/** Commands by what they do; those of the connection itself and whatever is not here are `other`. */
const KINDS = {
  script: 'eval evalsha',
  read:
    'exists get hget hgetall hmget llen mget smembers ttl type xlen xrange xrevrange zcard zrange zrangebyscore ' +
    'zrevrange zscore',
  write:
    'del exec expire hdel hset incr incrby pexpire publish sadd set srem unlink xadd xtrim zadd zrem zremrangebyscore',
} as const;

const kindOf = new Map<string, string>(
  Object.entries(KINDS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

/** Tells of every command that this connection sends, by kind; not for connections whose commands block. */
export function observeRedis(redis: Redis, onOperation: OnOperation): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const startedMs = performance.now();
    const tell = (isFailed: boolean) =>
      onOperation(kindOf.get(command.name) ?? 'other', performance.now() - startedMs, isFailed);
    const answer = send(command, stream);
    command.promise.then(
      () => tell(false),
      () => tell(true),
    );
    return answer;
  };
}
