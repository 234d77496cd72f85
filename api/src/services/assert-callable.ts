import { ValidationError } from '@understudy/shared/errors';
import type { Context } from '../context.ts';

/**
 * Holds an address that is to be saved against the guard, and where its name leads to now. Null is where there is nothing
 * to hold: it is absent, cleared, or (in a patch) no URL at all, which the schema refuses.
 * @throws {ValidationError} at `pointer` where it must not be called.
 */
export async function assertCallable(
  { guard }: Pick<Context, 'guard'>,
  pointer: string,
  address: string | null,
): Promise<void> {
  if (address === null) return;
  refuse(pointer, await guard.checkResolved(address));
}

/** The same without asking a name server, for the hot path: the call itself is held against the guard anyway. */
export function assertCallableByName(
  { guard }: Pick<Context, 'guard'>,
  pointer: string,
  address: string,
): void {
  refuse(pointer, guard.check(address));
}

function refuse(pointer: string, detail: string | null): void {
  if (detail !== null) throw new ValidationError([{ pointer, detail, code: 'not_callable' }]);
}
