import type { Alert, AlertType } from '../contracts/alert.ts';
import type { CallOptions } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

export interface AlertFilter extends PageQuery {
  /** True for what needs attention now, false for what is over. */
  open?: boolean | undefined;
  type?: AlertType | undefined;
}

export function createAlerts(send: Transport) {
  return {
    /** What operators were alerted of, newest first. */
    list: async (filter: AlertFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Alert>>('GET', '/api/alerts', { query: { ...filter }, signal })),
  };
}
