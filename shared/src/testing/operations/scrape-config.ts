import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface ScrapeConfig {
  global: Record<string, string>;
  rule_files: string[];
  scrape_configs: { job_name: string; authorization: { credentials_file: string } }[];
}

/** What `docs/operations/prometheus.yml` holds, as Prometheus reads it. */
export function readScrapeConfig(): ScrapeConfig {
  const file = new URL('../../../../docs/operations/prometheus.yml', import.meta.url);
  return parse(readFileSync(file, 'utf8'), { merge: true }) as ScrapeConfig;
}
