import { assertPortFree } from './assert-port-free.ts';
import type { EmbeddedConfig } from './config.ts';
import { freePort } from './free-port.ts';
import { StartError } from '../errors.ts';

/** The first of them where nobody said otherwise. */
const USUAL_PORT = 9464;
const LAST_PORT = 65_535;

/**
 * A port for each process that has no HTTP of its own, known to be free just now: METRICS_PORT and those above it. Where
 * nobody asked for one, a port that is taken is replaced by another, and PORT=0 takes any for these too.
 * @param needed how many, and the port that the API is to have, which nobody holds yet
 * @throws {StartError} where one that was asked for is not to be had
 */
export async function chooseMetricsPorts(
  { HOST, PORT, METRICS_PORT }: Pick<EmbeddedConfig, 'HOST' | 'PORT' | 'METRICS_PORT'>,
  { count, apiPort }: { count: number; apiPort: number },
): Promise<number[]> {
  if (METRICS_PORT) {
    const asked = Array.from({ length: count }, (_, index) => METRICS_PORT + index);
    const needed = `; ${count} ports from METRICS_PORT=${METRICS_PORT} on are needed.`;
    if (asked.includes(apiPort)) throw new StartError(`Port ${apiPort} is the API’s own${needed}`);
    if (asked.includes(LAST_PORT + 1)) throw new StartError(`There is no port ${LAST_PORT + 1}${needed}`);
    for (const port of asked)
      await assertPortFree(port, { host: HOST, variable: 'METRICS_PORT', ifTaken: needed });
    return asked;
  }
  const isAny = PORT === 0 || METRICS_PORT === 0;
  const chosen = new Set<number>();
  for (let usual = USUAL_PORT; chosen.size < count; usual += 1) {
    if (usual === apiPort) continue;
    const port = await freePort(isAny ? undefined : usual);
    if (port !== apiPort) chosen.add(port);
  }
  return [...chosen];
}
