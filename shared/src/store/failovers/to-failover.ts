import type { Failover } from '../../contracts/failover.ts';
import type { FailoverDocument } from './model.ts';

/** A failover as the log and the stream of events show it. */
export function toFailover({ _id, client: _client, at, ...rest }: FailoverDocument): Failover {
  return { id: _id, at: at.toISOString(), ...rest };
}
