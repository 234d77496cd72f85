import { parseConfig, pickEnvironment, type Environment } from '@understudy/shared/config';

const schedulerEnvironment = pickEnvironment([
  'MONGODB_URI',
  'REDIS_URL',
  'HOST',
  'METRICS_PORT',
  'METRICS_TOKEN',
  'LOG_LEVEL',
  'LOG_FORMAT',
]);

export type SchedulerConfig = ReturnType<typeof loadConfig>;

/** What the scheduler takes from the environment. @throws {ConfigError} naming every fault at once */
export function loadConfig(env: Environment) {
  return parseConfig(schedulerEnvironment, env);
}
