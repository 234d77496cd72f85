import { ConfigError } from '@understudy/shared/errors';
import { closeOnSignals } from '@understudy/shared/runtime/lifecycle';
import { createLogger } from '@understudy/shared/runtime/logger';
import { compose } from './compose.ts';
import { loadConfig, type WorkerConfig } from './config.ts';

let config: WorkerConfig;
try {
  config = loadConfig(process.env);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}

const logger = createLogger({ role: 'worker', level: config.LOG_LEVEL });
try {
  const { services, close } = await compose(config, { logger });
  closeOnSignals(logger, close);
  for (const service of services) await service.start();
  logger.info({ concurrency: config.WORKER_CONCURRENCY }, 'the worker runs');
} catch (err) {
  logger.fatal({ err }, 'the worker could not start');
  process.exit(1);
}
