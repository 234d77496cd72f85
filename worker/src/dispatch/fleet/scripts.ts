import { readFileSync } from 'node:fs';
import type { Redis } from '@understudy/shared/runtime/redis';

/** Each script with the parts that it begins with. */
const SCRIPTS = {
  admit: ['record', 'limits', 'admit'],
  release: ['record', 'budget', 'release'],
  room: ['record', 'limits', 'room'],
  hedge: ['record', 'hedge'],
  reset: ['record', 'reset'],
  settle: ['record', 'budget', 'settle'],
  charge: ['record', 'budget', 'charge'],
  unsettled: ['record', 'unsettled'],
  startMonth: ['record', 'start-month'],
  reserved: ['record', 'reserved'],
  forgetSpend: ['record', 'forget-spend'],
} as const;

export type Script = keyof typeof SCRIPTS;

/** Runs one script on the record of one provider. @throws when Redis is away. */
type RunScript = (script: Script, keys: readonly string[], input: object) => Promise<unknown>;

type Commands = Record<string, (...args: string[]) => Promise<unknown>>;

/** Teaches a connection the scripts that change the fleet's records; each is sent once, then called by its digest. */
export function createScripts(redis: Redis): RunScript {
  const toCommand = (script: Script) => `fleet_${script}`;
  for (const [script, parts] of Object.entries(SCRIPTS)) {
    const lua = parts
      .map((part) => readFileSync(new URL(`./${part}.lua`, import.meta.url), 'utf8'))
      .join('\n');
    redis.defineCommand(toCommand(script as Script), { lua });
  }
  return async (script, keys, input) => {
    const run = (redis as unknown as Commands)[toCommand(script)];
    return run?.call(redis, String(keys.length), ...keys, JSON.stringify(input));
  };
}
