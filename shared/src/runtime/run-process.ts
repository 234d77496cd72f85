import { ConfigError } from '../errors.ts';
import { closeOnSignals, type Service } from './lifecycle.ts';
import { startTelemetry, type Telemetry } from './start-telemetry.ts';
import { toErrorMessage } from './error-message.ts';
import { toStartMessage } from './to-start-message.ts';

interface Composed {
  services: Service[];
  /** In place of starting one service after the other. @returns what the log then says of the process. */
  start?(): Promise<object>;
  close(): Promise<void>;
}

/**
 * The life of a process: configuration, object graph, start, signals. Where it cannot start it says why and exits 1:
 * on standard error what its settings can mend, every fault of the configuration at once; anything else in the log.
 */
export async function runProcess<C extends Parameters<typeof startTelemetry>[1]>(options: {
  role: string;
  loadConfig: () => C;
  compose: (config: C, given: Telemetry) => Promise<Composed>;
}): Promise<void> {
  const { role, loadConfig, compose } = options;
  const config = loadOrExit(loadConfig);
  const telemetry = await startTelemetry(role, config);
  const { logger, tracing } = telemetry;
  try {
    const composed = await compose(config, telemetry);
    closeOnSignals(logger, async () => {
      await composed.close();
      await tracing?.stop();
    });
    const about = composed.start ? await composed.start() : await startEach(composed.services);
    logger.info(about, `the ${role} runs`);
  } catch (err) {
    const message = toStartMessage(role, err);
    if (message !== null) process.stderr.write(`${message}\n`);
    else if (logger.isLevelEnabled('fatal')) logger.fatal({ err }, `the ${role} could not start`);
    // A log that is silent must not leave an exit without a word.
    else process.stderr.write(`the ${role} could not start: ${toErrorMessage(err)}\n`);
    process.exit(1);
  }
}

async function startEach(services: Service[]): Promise<object> {
  for (const service of services) await service.start();
  return {};
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
