import type { TracingConfig } from '../../config.ts';
import type { Tracing } from './tracing.ts';

/** Starts the traces of this process where an endpoint is set; else resolves null, and no SDK is even loaded. */
export async function startTracing(config: TracingConfig, role: string): Promise<Tracing | null> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === undefined) return null;
  const { createTracing } = await import('./create-tracing.ts');
  return createTracing({ ...config, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, role);
}
