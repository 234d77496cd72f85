import type { Logger } from '../runtime/logger.ts';
import type { Store } from './connect.ts';

/** Logs the beginning and the end of each absence of the ledger, as is done for Redis: two lines, however long it is. */
export function logOutages({ outage }: Pick<Store, 'outage'>, logger: Logger): void {
  outage.onChange((isAway) => {
    if (isAway) logger.warn({ store: 'mongodb' }, 'the ledger is away');
    else logger.info({ store: 'mongodb' }, 'the ledger is back');
  });
}
