import type * as z from 'zod';
import {
  parseConfig,
  pickEnvironment,
  tracingEnvironment,
  type Environment,
} from '@understudy/shared/config';

/** What the worker takes from the environment. */
const workerEnvironment = {
  ...pickEnvironment([
    'MONGODB_URI',
    'REDIS_URL',
    'HOST',
    'PORT',
    'PUBLIC_URL',
    'UNDERSTUDY_MASTER_KEYS',
    'UNDERSTUDY_PRIVATE_HOSTS',
    'WORKER_CONCURRENCY',
    'METRICS_PORT',
    'METRICS_TOKEN',
    'LOG_LEVEL',
    'LOG_FORMAT',
  ]),
  ...tracingEnvironment,
};

export type WorkerConfig = z.output<z.ZodObject<typeof workerEnvironment>>;

/** @throws {ConfigError} naming every fault at once */
export function loadConfig(env: Environment): WorkerConfig {
  return parseConfig(workerEnvironment, env);
}
