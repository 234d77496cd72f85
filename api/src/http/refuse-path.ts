import { NotFoundError } from '@understudy/shared/errors';

/** For what nothing is behind. @throws {NotFoundError} */
export function refusePath(): never {
  throw new NotFoundError('not_found', 'There is no such path.');
}
