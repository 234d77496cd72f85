import type { EmbeddedConfig } from './config.ts';
import { freePort, isPortFree } from './free-port.ts';
import { StartError } from './start-error.ts';

/** The first of them where nobody said otherwise. */
const USUAL_PORT = 9464;

/**
 * A port for each process that has no HTTP of its own, known to be free just now: METRICS_PORT and those above it. Where
 * nobody asked for one, a port that is taken is replaced by another, and PORT=0 takes any for these too.
 * @throws {StartError} where one that was asked for is taken
 */
export async function chooseMetricsPorts(
  { HOST, PORT, METRICS_PORT }: Pick<EmbeddedConfig, 'HOST' | 'PORT' | 'METRICS_PORT'>,
  count: number,
): Promise<number[]> {
  if (METRICS_PORT) {
    const asked = Array.from({ length: count }, (_, index) => METRICS_PORT + index);
    for (const port of asked) {
      if (await isPortFree(port, HOST)) continue;
      const needed = `${count} ports from METRICS_PORT=${METRICS_PORT} on are needed`;
      throw new StartError(`Port ${port} of ${HOST} is taken by another program; ${needed}.`);
    }
    return asked;
  }
  const isAny = PORT === 0 || METRICS_PORT === 0;
  const chosen: number[] = [];
  while (chosen.length < count) {
    const port = await freePort(isAny ? undefined : USUAL_PORT + chosen.length);
    if (!chosen.includes(port)) chosen.push(port);
  }
  return chosen;
}
