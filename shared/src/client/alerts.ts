import type { Alert, AlertType } from '../contracts/alert.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

export interface AlertFilter extends PageQuery {
  /** True for what needs attention now, false for what is over. */
  open?: boolean | undefined;
  type?: AlertType | undefined;
}

export function createAlerts(send: Transport) {
  return {
    /** What operators were alerted of, newest first. */
    list: async (filter: AlertFilter = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Alert>>('GET', '/api/alerts', { query: { ...filter }, signal })).value,
  };
}
