import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../shared/src/embedded/free-port.ts';
import { endProcess, launch } from '../../shared/src/embedded/processes/launch.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { openGuardedFolder } from '../../shared/src/testing/guarded-folder.ts';
import { listAlerts, readRules } from '../../shared/src/testing/operations/rules.ts';
import { readScrapeConfig } from '../../shared/src/testing/operations/scrape-config.ts';
import { findBinaries } from './find-binaries.ts';

export interface Sample {
  metric: Record<string, string>;
  value: [at: number, value: string];
}
interface Target {
  health: 'up' | 'down' | 'unknown';
  lastError: string;
  scrapePool: string;
}
interface RuleState {
  name: string;
  type: 'alerting' | 'recording';
  health: 'ok' | 'err' | 'unknown';
  lastError?: string;
  state?: 'inactive' | 'pending' | 'firing';
}

/** A real Prometheus that scrapes a product as the documentation's configuration says. */
export interface PrometheusServer {
  query(expr: string): Promise<Sample[]>;
  targets(): Promise<Target[]>;
  rules(): Promise<RuleState[]>;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/**
 * Starts it on the configuration and the rules of the documentation, but for what a test cannot have: the addresses are
 * the product's, it looks every two seconds, and an alert is pending for two seconds instead of its minutes.
 */
export async function startPrometheus(options: {
  metricsUrls: Record<string, string>;
  metricsToken: string;
}): Promise<PrometheusServer> {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-prometheus-');
  const config = writeConfig(folder, options);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, '--log.level=error'];
  const server = await launch(findBinaries().prometheus, [...args, `--web.listen-address=${address}`], {
    kind: 'app',
    guardian,
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const get = async <T>(route: string): Promise<T> => {
    const reply = await fetch(`http://${address}/api/v1/${route}`);
    const body = (await reply.json()) as { status: string; data: T };
    if (body.status !== 'success') throw new Error(`${route}: ${JSON.stringify(body)}`);
    return body.data;
  };
  await eventually(() => get('status/buildinfo'));
  return {
    query: async (expr) =>
      (await get<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result,
    targets: async () => (await get<{ activeTargets: Target[] }>('targets')).activeTargets,
    rules: async () =>
      (await get<{ groups: { rules: RuleState[] }[] }>('rules')).groups.flatMap(({ rules }) => rules),
    async stop() {
      await endProcess(server, STOP_MS);
      await dispose();
    },
  };
}

function writeConfig(
  folder: string,
  { metricsUrls, metricsToken }: Parameters<typeof startPrometheus>[0],
): string {
  const write = (name: string, content: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const rules = readRules();
  for (const alert of listAlerts(rules)) if (alert.for) alert.for = '2s';
  const config = readScrapeConfig();
  write('metrics-token', metricsToken);
  // All JSON is YAML.
  for (const name of config.rule_files) write(name, JSON.stringify(rules));
  const targetsOf = (job: string) =>
    Object.entries(metricsUrls)
      .filter(([name]) => job === `understudy-${name.replace(/-\d+$/, '')}`)
      .map(([, url]) => new URL(url).host);
  return write(
    'prometheus.yml',
    JSON.stringify({
      ...config,
      global: { ...config.global, scrape_interval: '2s', evaluation_interval: '2s' },
      scrape_configs: config.scrape_configs.map(({ job_name, authorization }) => ({
        job_name,
        authorization,
        static_configs: [{ targets: targetsOf(job_name) }],
      })),
    }),
  );
}
