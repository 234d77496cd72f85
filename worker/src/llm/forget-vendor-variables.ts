import type { Environment } from '@understudy/shared/config';

const READ_BY_SDKS = /^(OPENAI|ANTHROPIC)_/;

/**
 * Takes out of an environment what the vendors' SDKs would read there for every provider alike. Most of it an option
 * outweighs, but not `OPENAI_CUSTOM_HEADERS` and `ANTHROPIC_CUSTOM_HEADERS`, which go before a provider's own key.
 */
export function forgetVendorVariables(env: Environment): void {
  for (const name of Object.keys(env)) if (READ_BY_SDKS.test(name)) delete env[name];
}
