import type { Environment } from '../../config.ts';
import { embeddedEnvironment, parseEmbeddedConfig, type EmbeddedConfig } from '../../embedded/config.ts';
import { ConfigError } from '../../errors.ts';

/** With no endpoint what else is said of traces is not read. */
const TRACED = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

/** The environment without what cannot be read in it, and what is wrong with that. Values are never told. */
export function readEnvironment(env: Environment): { config: EmbeddedConfig; faults: string[] } {
  const faults: string[] = [];
  const readable: Environment = {};
  for (const name of Object.keys(embeddedEnvironment)) {
    try {
      parseEmbeddedConfig({ ...(name.startsWith('OTEL_') && TRACED), [name]: env[name] });
      readable[name] = env[name];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  return { config: parseEmbeddedConfig(readable), faults };
}
