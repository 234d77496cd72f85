import { ConfigError } from '@understudy/shared/errors';
import { closeOnSignals } from '@understudy/shared/runtime/lifecycle';
import { startTelemetry } from '@understudy/shared/runtime/start-telemetry';
import { compose } from './compose.ts';
import { loadConfig } from './config.ts';

try {
  const config = loadConfig(process.env);
  const telemetry = await startTelemetry('api', config);
  const { logger, tracing } = telemetry;
  const api = await compose(config, telemetry);
  closeOnSignals(logger, async () => {
    await api.close();
    await tracing?.stop();
  });
  const { port } = await api.start();
  logger.info({ host: config.HOST, port }, 'the API is listening');
} catch (error) {
  process.stderr.write(`${toStartMessage(error)}\n`);
  process.exit(1);
}

function toStartMessage(error: unknown): string {
  if (!(error instanceof Error)) return `The API did not start: ${String(error)}`;
  if (error instanceof ConfigError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'The API did not start: another program listens on this HOST and PORT. Choose another PORT.';
  if (code === 'EACCES') return 'The API did not start: this HOST and PORT may not be listened on.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'The API did not start: HOST is not an address of this machine.';
  return `The API did not start: ${error.name}: ${error.message}`;
}
