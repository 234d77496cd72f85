import type * as z from 'zod';
import { environment, parseConfig, type Environment } from '../config.ts';
import { toUrlHost } from '../runtime/public-url.ts';

/** What `npm start` takes from the environment; absent stores are embedded, absent secrets made. */
export const embeddedEnvironment = {
  ...environment,
  MONGODB_URI: environment.MONGODB_URI.optional(),
  REDIS_URL: environment.REDIS_URL.optional(),
  UNDERSTUDY_MASTER_KEYS: environment.UNDERSTUDY_MASTER_KEYS.optional(),
};

export type EmbeddedConfig = z.output<z.ZodObject<typeof embeddedEnvironment>>;

/** @throws {ConfigError} naming every fault at once */
export function parseEmbeddedConfig(env: Environment): EmbeddedConfig {
  return parseConfig(embeddedEnvironment, env);
}

/** Where this machine reaches the API: a wildcard address cannot be called everywhere. */
export function toLocalUrl({ HOST }: Pick<EmbeddedConfig, 'HOST'>, port: number): string {
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[HOST] ?? HOST;
  return `http://${toUrlHost(host)}:${port}`;
}
