import type { TracingConfig } from '../config.ts';
import { createLogOutput, type LogFormat } from './log-output.ts';
import { createLogger, type Logger } from './logger.ts';
import { startTracing } from './tracing/start-tracing.ts';
import type { Tracing } from './tracing/tracing.ts';

/** What a process tells of itself while it runs. */
export interface Telemetry {
  logger: Logger;
  /** Null where no traces are taken. */
  tracing: Tracing | null;
}

/** Opens the log of a process and, where it is to take traces, starts them; lines then have the ids of their span. */
export async function startTelemetry(
  role: string,
  config: { LOG_LEVEL: string; LOG_FORMAT?: LogFormat | undefined } & TracingConfig,
): Promise<Telemetry> {
  const tracing = await startTracing(config, role);
  const logger = createLogger({
    role,
    level: config.LOG_LEVEL,
    destination: await createLogOutput(config.LOG_FORMAT),
    ...(tracing && { mixin: tracing.logFields }),
  });
  tracing?.reportTo(logger);
  return { logger, tracing };
}
