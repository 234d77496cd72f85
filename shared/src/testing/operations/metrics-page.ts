import { readFileSync } from 'node:fs';
import type { Registry } from 'prom-client';

/** One metric as the page of the documentation has it. */
export interface DocumentedMetric {
  name: string;
  type: string;
  unit: string;
  labels: string[];
  processes: string[];
  meaning: string;
}

const PAGE = new URL('../../../../docs/operations/metrics.md', import.meta.url);
const PROCESSES = ['api', 'worker', 'scheduler'];

const toList = (cell: string) => [...cell.matchAll(/[\w-]+/g)].map(([word]) => word);

/** The rows of the tables of `docs/operations/metrics.md` that begin with a metric's name. */
export function readMetricsPage(): DocumentedMetric[] {
  return readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => /^\| `\w+` /.test(line))
    .map((line) => {
      const [name = '', type = '', unit = '', labels = '', processes = '', meaning = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return {
        name: name.replaceAll('`', ''),
        type,
        unit,
        labels: toList(labels),
        processes: processes === 'all' ? PROCESSES : toList(processes),
        meaning,
      };
    });
}

type Described = Pick<DocumentedMetric, 'name' | 'type' | 'meaning'> & { labels?: string[] };

/**
 * Where the page and what a process has differ, as names. Of Node's own metrics some are only there on some systems, so
 * they need not all be there.
 */
export function findDifferences(process: string, found: readonly Described[]): string[] {
  const page = new Map(
    readMetricsPage()
      .filter(({ processes }) => processes.includes(process))
      .map((row) => [row.name, row]),
  );
  const isAsSaid = ({ name, type, meaning, labels }: Described) => {
    const row = page.get(name);
    return (
      row?.type === type &&
      row.meaning === meaning &&
      (labels === undefined || row.labels.join() === labels.join())
    );
  };
  const names = new Set(found.map(({ name }) => name));
  const missing = [...page.keys()].filter((name) => name.startsWith('understudy_') && !names.has(name));
  return [...missing, ...found.filter((metric) => !isAsSaid(metric)).map(({ name }) => name)];
}

/** Every metric that a registry has. */
export function describeRegistry(registry: Registry): Described[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, type, help, labelNames } = metric as unknown as Described & {
      help: string;
      labelNames: string[];
    };
    return { name, type, labels: [...labelNames], meaning: help };
  });
}

/** Every metric of a scrape; their labels are not all to be seen there. */
export function describeScrape(text: string): Described[] {
  return [...text.matchAll(/^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)$/gm)].map(
    ([, name = '', meaning = '', type = '']) => ({ name, type, meaning }),
  );
}
