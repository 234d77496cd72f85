import type { IncomingMessage } from 'node:http';

/** Whether a request comes with a body that is not empty, by what its headers say (RFC 9112 §6.3). */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}
