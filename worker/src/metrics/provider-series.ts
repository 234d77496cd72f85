import { Counter, type Histogram } from 'prom-client';

type ByProvider = Counter | Histogram;
type Labels = Record<string, string>;

/** The series that metrics have of each provider: they come and go with it, so there are never more than providers. */
export interface ProviderSeries {
  /** Has a metric begin with a value of 0 for each of these combinations of its other labels. */
  add(metric: ByProvider, combinations: readonly Labels[]): void;
  /** Begins the series of a provider where it is there. @returns whether it is. */
  open(provider: string): boolean;
  /** Begins the series of whoever has come, and drops those of whoever is gone. */
  sync(): void;
}

export function createProviderSeries(listNames: () => readonly string[]): ProviderSeries {
  const metrics: { metric: ByProvider; combinations: readonly Labels[] }[] = [];
  const opened = new Set<string>();

  function begin(metric: ByProvider, labels: Labels) {
    // The first event is an increase only where there was a value before it.
    if (metric instanceof Counter) metric.inc(labels, 0);
    else metric.zero(labels);
  }

  function forEachSeries(provider: string, act: (metric: ByProvider, labels: Labels) => void) {
    for (const { metric, combinations } of metrics) {
      for (const labels of combinations) act(metric, { provider, ...labels });
    }
  }

  function open(provider: string): boolean {
    if (!listNames().includes(provider)) return false;
    if (!opened.has(provider)) forEachSeries(provider, begin);
    opened.add(provider);
    return true;
  }

  return {
    add: (metric, combinations) => void metrics.push({ metric, combinations }),
    open,
    sync() {
      const names = listNames();
      for (const name of names) open(name);
      for (const gone of [...opened].filter((name) => !names.includes(name))) {
        forEachSeries(gone, (metric, labels) => metric.remove(labels));
        opened.delete(gone);
      }
    },
  };
}
