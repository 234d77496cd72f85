import { StoreUnavailableError } from '@understudy/shared/errors';
import { STORE_TIMEOUT_MS } from '@understudy/shared/store/connect';
import { isStoreAway } from '@understudy/shared/store/store-away';

/**
 * Gives what `work` gives if the ledger confirms within 3 s; the driver's own limit does not bind a server that
 * is frozen. The work itself goes on. @throws {StoreUnavailableError} when the time is over or the ledger is away.
 */
export async function inStoreTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailableError(new Error(`No confirmation within ${STORE_TIMEOUT_MS} ms`))),
      STORE_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    throw isStoreAway(error) ? new StoreUnavailableError(error) : error;
  } finally {
    clearTimeout(timer);
  }
}
