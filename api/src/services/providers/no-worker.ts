import { AppError } from '@understudy/shared/errors';

/** The error of a call that a worker would have to make. */
export function noWorker(message: string): AppError {
  return new AppError('no_worker', message, { retryable: true });
}
