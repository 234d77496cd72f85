import type { Environment } from '../../config.ts';
import { toLocalUrl, type EmbeddedConfig } from '../config.ts';

/** The `main.ts` of each role. */
export interface Entries {
  api: string;
  worker: string;
  scheduler: string;
}

export interface PlannedApp {
  name: string;
  entry: string;
  env: Environment;
  /** Where it has `/readyz` and `/metrics`, as reached from this machine. */
  url: string;
}

interface PlanOptions {
  config: EmbeddedConfig;
  env: Environment;
  entries: Entries;
  addresses: { mongodbUri: string; redisUrl: string; publicUrl: string; port: number };
  /** One for each process but the API, which has them at its own port. */
  metricsPorts: readonly number[];
  secrets: { masterKeys: string; adminToken: string };
}

/** Which app processes run, and with what environment: the same as in production, with what is embedded filled in. */
export function planApps(options: PlanOptions): PlannedApp[] {
  const { config, env, entries, addresses, metricsPorts, secrets } = options;
  const { UNDERSTUDY_BOOTSTRAP_TOKEN: _given, ...inherited } = env;
  const common: Environment = {
    NODE_ENV: 'production',
    ...inherited,
    MONGODB_URI: addresses.mongodbUri,
    REDIS_URL: addresses.redisUrl,
    UNDERSTUDY_MASTER_KEYS: env['UNDERSTUDY_MASTER_KEYS'] || secrets.masterKeys,
    PORT: String(addresses.port),
    PUBLIC_URL: addresses.publicUrl,
    // The supervisor alone shows them to a person.
    LOG_FORMAT: 'json',
  };
  const workers = Array.from({ length: config.WORKER_PROCESSES }, (_, index) => ({
    name: config.WORKER_PROCESSES === 1 ? 'worker' : `worker-${index + 1}`,
    entry: entries.worker,
  }));
  const background = [...workers, { name: 'scheduler', entry: entries.scheduler }];
  const { port } = addresses;
  const apiEnv = { ...common, UNDERSTUDY_BOOTSTRAP_TOKEN: secrets.adminToken };
  return [
    { name: 'api', entry: entries.api, env: apiEnv, url: toLocalUrl(config, port) },
    // On one machine they cannot share a port; one that nobody asked for is for this machine alone.
    ...background.map((app, index) => {
      const metricsPort = metricsPorts[index] ?? 0;
      const HOST = config.METRICS_PORT ? config.HOST : '127.0.0.1';
      const url = toLocalUrl({ HOST }, metricsPort);
      return { ...app, env: { ...common, HOST, METRICS_PORT: String(metricsPort) }, url };
    }),
  ];
}

/** How many processes have no HTTP of their own. */
export const countBackground = ({ WORKER_PROCESSES }: EmbeddedConfig): number => WORKER_PROCESSES + 1;
