import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { inRedisTime } from '../runtime/redis.ts';

/** What a submit may put straight into the queue, as the feeder grants it. */
export interface Grant {
  epoch: string;
  /** How many jobs in all. */
  all: number;
  /** How many of those that may go to anybody. */
  any: number;
  /** By name of a provider, in lower case: how many that name it. */
  named: ReadonlyMap<string, number>;
  /** Who has jobs waiting in the ledger, which must not be overtaken. */
  waitingClients: readonly string[];
}

/**
 * Admission to the queue. A submit takes a ticket for its job or leaves it in the ledger; the feeder grants tickets
 * with every round. They are good for half a second, so that a feeder that is dead grants nothing.
 */
export interface Window {
  /** @returns the epoch of the queue that the job may go into; null where it has to wait. @throws when Redis is away. */
  takeTicket(job: { client: string; providers: readonly string[] | null }): Promise<string | null>;
  /** Puts new tickets in place of the old. @returns how many of those were taken. @throws when Redis is away. */
  grant(grant: Grant): Promise<number>;
}

const GRANT_MS = 500;
/** A client that finds no ticket has a job on its way into the ledger, which the feeder sees within this time. */
const ON_ITS_WAY_MS = 200;

type Command = (...args: string[]) => Promise<unknown>;
interface Commands {
  windowTake: Command;
  windowGrant: Command;
}

/** `redisNowMs` stands in for Redis's clock; only tests have one. */
export function createWindow(redis: Redis, prefix: string, redisNowMs?: () => number): Window {
  const keys = [`${prefix}:window`, `${prefix}:window:clients`];
  for (const [command, file] of [
    ['windowTake', 'take-ticket'],
    ['windowGrant', 'grant-tickets'],
  ] as const) {
    const lua = readFileSync(new URL(`./${file}.lua`, import.meta.url), 'utf8');
    redis.defineCommand(command, { numberOfKeys: keys.length, lua });
  }
  const run = (command: keyof Commands, input: object) => {
    const argument = JSON.stringify({ nowMs: redisNowMs?.() ?? null, ...input });
    return (redis as unknown as Commands)[command](...keys, argument);
  };

  return {
    async takeTicket({ client, providers }) {
      const names = providers?.map((name) => name.toLowerCase()) ?? null;
      const ticket = run('windowTake', { client, names, onItsWayMs: ON_ITS_WAY_MS }) as Promise<
        string | null
      >;
      return inRedisTime(ticket);
    },
    async grant({ named, ...grant }) {
      const input = { ...grant, named: Object.fromEntries(named), grantMs: GRANT_MS };
      return (await run('windowGrant', input)) as number;
    },
  };
}
