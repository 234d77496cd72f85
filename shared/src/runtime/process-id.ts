import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this process that no other has, not even a later one of the same machine and number. */
export function createProcessId(): string {
  return `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`;
}
