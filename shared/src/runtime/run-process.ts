import { ConfigError } from '../errors.ts';
import { closeOnSignals, type Service } from './lifecycle.ts';
import { startTelemetry, type Telemetry } from './start-telemetry.ts';

/**
 * The life of a process that runs services: configuration, object graph, start, signals. Where it cannot start it
 * says why and exits 1: every fault of the configuration at once, on standard error; anything else in the log.
 */
export async function runProcess<C extends Parameters<typeof startTelemetry>[1]>(options: {
  role: string;
  loadConfig: () => C;
  compose: (config: C, given: Telemetry) => Promise<{ services: Service[]; close(): Promise<void> }>;
}): Promise<void> {
  const { role, loadConfig, compose } = options;
  const config = loadOrExit(loadConfig);
  const telemetry = await startTelemetry(role, config);
  const { logger, tracing } = telemetry;
  try {
    const { services, close } = await compose(config, telemetry);
    closeOnSignals(logger, async () => {
      await close();
      await tracing?.stop();
    });
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
