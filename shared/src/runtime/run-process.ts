import { ConfigError } from '../errors.ts';
import { closeOnSignals, type Service } from './lifecycle.ts';
import { createLogger, type Logger } from './logger.ts';

/**
 * The life of a process that runs services: configuration, object graph, start, signals. Where it cannot start it
 * says why and exits 1: every fault of the configuration at once, on standard error; anything else in the log.
 */
export async function runProcess<C extends { LOG_LEVEL: string }>(options: {
  role: string;
  loadConfig: () => C;
  compose: (config: C, given: { logger: Logger }) => Promise<{ services: Service[]; close(): Promise<void> }>;
}): Promise<void> {
  const { role, loadConfig, compose } = options;
  const config = loadOrExit(loadConfig);
  const logger = createLogger({ role, level: config.LOG_LEVEL });
  try {
    const { services, close } = await compose(config, { logger });
    closeOnSignals(logger, close);
    for (const service of services) await service.start();
    logger.info(`the ${role} runs`);
  } catch (err) {
    logger.fatal({ err }, `the ${role} could not start`);
    process.exit(1);
  }
}

function loadOrExit<C>(loadConfig: () => C): C {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
