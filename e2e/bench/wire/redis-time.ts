import type { Redis } from 'ioredis';

type SlowLogEntry = [id: number, at: number, microseconds: number, command: string[], client: string];

/** More than one measurement makes; the server keeps the latest. */
const ENTRIES = 500_000;
/** What a script calls: its time is in the script's. */
const WITHIN_A_SCRIPT = '?:0';

/** Has Redis note how long it takes itself for each command. */
export async function beginRedisTime(redis: Redis): Promise<void> {
  await redis.config('SET', 'slowlog-max-len', ENTRIES);
  await redis.config('SET', 'slowlog-log-slower-than', 0);
  await redis.call('SLOWLOG', 'RESET');
}

/** Milliseconds of its one thread since, by kind. */
export async function endRedisTime(
  redis: Redis,
  toKind: (command: readonly string[]) => string | null,
): Promise<Map<string, number>> {
  await redis.config('SET', 'slowlog-log-slower-than', -1);
  const entries = (await redis.call('SLOWLOG', 'GET', ENTRIES)) as SlowLogEntry[];
  const byKind = new Map<string, number>();
  for (const [, , microseconds, command, client] of entries) {
    const kind = client === WITHIN_A_SCRIPT ? null : toKind(command);
    if (kind !== null) byKind.set(kind, (byKind.get(kind) ?? 0) + microseconds / 1_000);
  }
  return byKind;
}
