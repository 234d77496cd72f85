import type { AuditRow } from '../contracts/audit.ts';
import type { CallOptions } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

export interface AuditFilter extends PageQuery {
  /** Kind of what was changed, as `provider`. */
  kind?: string | undefined;
  targetId?: string | undefined;
  /** As `provider.updated`. */
  action?: string | undefined;
  /** Id of a token, or name of an actor. */
  actor?: string | undefined;
  /** From inclusive, to exclusive, RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

export function createAudit(send: Transport) {
  return {
    /** Every change by an operator, newest first. */
    list: async (filter: AuditFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<AuditRow>>('GET', '/api/audit', { query: { ...filter }, signal })),
  };
}
