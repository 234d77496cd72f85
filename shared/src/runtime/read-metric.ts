import { Counter, Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

/** Whoever scrapes has a limit of its own; what is later is left out. */
const READ_MS = 1_000;

interface Reading {
  labels?: Record<string, string>;
  value: number;
}

interface ReadMetricOptions {
  /** A counter is what the ledger adds up: it never falls while the ledger is the same. */
  type: 'gauge' | 'counter';
  name: string;
  help: string;
  labelNames?: string[];
  read: () => Promise<readonly Reading[]> | readonly Reading[];
}

/** Adds a metric that is read at each scrape. It has no value where the reading fails, cannot be or takes over a second. */
export function addReadMetric(registry: Registry, options: ReadMetricOptions): void {
  const { type, name, help, labelNames = [], read } = options;
  const write = (metric: Counter | Gauge, { labels = {}, value }: Reading) =>
    metric instanceof Gauge ? metric.set(labels, value) : metric.inc(labels, value);
  const configuration = {
    name,
    help,
    labelNames,
    registers: [],
    async collect(this: Counter | Gauge) {
      const readings = await inTime(Promise.resolve().then(read), READ_MS, () => new Error('too late')).catch(
        () => [],
      );
      const clear = () => {
        this.reset();
        // Without labels it would say 0, which of a counter looks like a new beginning.
        if (labelNames.length === 0) this.remove();
      };
      clear();
      try {
        for (const reading of readings) write(this, reading);
      } catch {
        // Such as a counter below zero; all other metrics are there all the same.
        clear();
      }
    },
  };
  registry.registerMetric(type === 'gauge' ? new Gauge(configuration) : new Counter(configuration));
}
