import { BLOCKED_PORTS } from '../net/blocked-ports.ts';
import { isPortFree } from './free-port.ts';
import { StartError } from '../errors.ts';

interface PortWish {
  host: string;
  /** The variable that asked for the port. */
  variable: 'PORT' | 'METRICS_PORT';
  /** Follows on "Port 3000 of 127.0.0.1 is taken by another program". */
  ifTaken: string;
}

/** @throws {StartError} where no server can listen at a port that somebody asked for, or nobody would call it there */
export async function assertPortFree(port: number, { host, variable, ifTaken }: PortWish): Promise<void> {
  if (BLOCKED_PORTS.has(port))
    throw new StartError(
      `Browsers refuse port ${port}, which is another protocol’s. Choose another one with ${variable}.`,
    );
  const isFree = await isPortFree(port, host).catch((error: Error) => {
    throw new StartError(
      `This machine cannot listen at ${host}, port ${port}: ${error.message}. See HOST and ${variable}.`,
    );
  });
  if (!isFree) throw new StartError(`Port ${port} of ${host} is taken by another program${ifTaken}`);
}
