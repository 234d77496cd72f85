import { StoreUnavailableError } from '@understudy/shared/errors';
import { inTime } from '@understudy/shared/runtime/in-time';
import { STORE_TIMEOUT_MS } from '@understudy/shared/store/connect';
import { isStoreAway } from '@understudy/shared/store/store-away';

/**
 * Gives what `work` gives if the ledger confirms within 3 s; the driver's own limit does not bind a server that
 * is frozen. The work itself goes on. @throws {StoreUnavailableError} when the time is over or the ledger is away.
 */
export async function inStoreTime<T>(work: Promise<T>): Promise<T> {
  const toError = () => new StoreUnavailableError(new Error(`No confirmation within ${STORE_TIMEOUT_MS} ms`));
  try {
    return await inTime(work, STORE_TIMEOUT_MS, toError);
  } catch (error) {
    throw isStoreAway(error) ? new StoreUnavailableError(error) : error;
  }
}
