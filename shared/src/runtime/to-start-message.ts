import { ConfigError, NewerLedgerError } from '../errors.ts';

/** Why a process did not start, for what an operator can mend; null for anything else. */
export function toStartMessage(role: string, error: unknown): string | null {
  if (error instanceof ConfigError) return error.message;
  const [name, port] = role === 'api' ? ['API', 'PORT'] : [role, 'METRICS_PORT'];
  if (error instanceof NewerLedgerError) return `The ${name} did not start. ${error.message}`;
  const reason = toReason(error instanceof Error ? error : {}, port);
  return reason && `The ${name} did not start: ${reason}`;
}

function toReason({ code, syscall }: Partial<NodeJS.ErrnoException>, port: string): string | null {
  // Stores have names and ports, too.
  if (syscall === 'getaddrinfo' && code === 'ENOTFOUND') return 'HOST is not an address of this machine.';
  if (syscall !== 'listen') return null;
  if (code === 'EADDRINUSE')
    return `another program listens on this HOST and ${port}. Choose another ${port}.`;
  if (code === 'EACCES') return `this HOST and ${port} may not be listened on.`;
  return code === 'EADDRNOTAVAIL' ? 'HOST is not an address of this machine.' : null;
}
