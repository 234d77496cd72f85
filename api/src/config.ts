import {
  parseConfig,
  pickEnvironment,
  tracingEnvironment,
  type Environment,
} from '@understudy/shared/config';

/** What the API process reads from its environment. */
const apiEnvironment = {
  ...pickEnvironment([
    'MONGODB_URI',
    'REDIS_URL',
    'HOST',
    'PORT',
    'UNDERSTUDY_MASTER_KEYS',
    'UNDERSTUDY_BOOTSTRAP_TOKEN',
    'UNDERSTUDY_PRIVATE_HOSTS',
    'PUBLIC_URL',
    'TRUST_PROXY',
    'METRICS_TOKEN',
    'LOG_LEVEL',
    'LOG_FORMAT',
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
  ]),
  ...tracingEnvironment,
};

export type ApiConfig = ReturnType<typeof loadConfig>;

/** @throws {ConfigError} naming every fault at once. */
export function loadConfig(env: Environment) {
  return parseConfig(apiEnvironment, env);
}
