import { Counter, Histogram, type Metric } from 'prom-client';

type StoreName = 'mongodb' | 'redis';

/** Told of each operation that a store has answered, or failed to answer. */
export type OnOperation = (operation: string, durationMs: number, isFailed: boolean) => void;

/** How long the stores take to answer one process, by kind of operation. */
export interface StoreLatency {
  /** For the connections to one store. */
  observe: Record<StoreName, OnOperation>;
  /** To be registered where they are to be read. */
  metrics: readonly Metric[];
}

/** From what an idle store on the same machine takes to the time after which it counts as away. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];
const LABELS = ['store', 'operation'] as const;

export function createStoreLatency(): StoreLatency {
  const duration = new Histogram({
    name: 'understudy_store_operation_duration_seconds',
    help:
      'How long an operation of this process on a store took, failed ones among them; a write of a job waits for the ' +
      'batch that it joins.',
    labelNames: LABELS,
    buckets: SECONDS,
    registers: [],
  });
  const failures = new Counter({
    name: 'understudy_store_operation_failures_total',
    help: 'Operations that a store refused or never answered.',
    labelNames: LABELS,
    registers: [],
  });
  const toObserver =
    (store: StoreName): OnOperation =>
    (operation, durationMs, isFailed) => {
      const labels = { store, operation };
      duration.observe(labels, durationMs / 1_000);
      if (isFailed) failures.inc(labels);
    };
  return {
    observe: { mongodb: toObserver('mongodb'), redis: toObserver('redis') },
    metrics: [duration, failures],
  };
}

/** Wraps `run` so that how long each call took is reported under `operation`. */
export function timeOperation<Args extends unknown[], Result>(
  operation: string,
  run: (...args: Args) => Promise<Result>,
  onOperation: OnOperation,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const startedMs = performance.now();
    let isFailed = true;
    try {
      const result = await run(...args);
      isFailed = false;
      return result;
    } finally {
      onOperation(operation, performance.now() - startedMs, isFailed);
    }
  };
}
