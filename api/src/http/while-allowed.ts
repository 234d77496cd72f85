import { ForbiddenError, UnauthenticatedError } from '@understudy/shared/errors';

/** Rejects with what a new request of the caller would be refused with. */
export type Reauthorise = () => Promise<unknown>;

/** A token that was revoked is known here after half a second; what it still waits for ends as long after that. */
const CHECK_MS = 500;

/**
 * Gives what `work` gives, as long as the caller may be here; `leave` tells the work that nobody waits for it any more.
 * @throws {UnauthenticatedError} or {ForbiddenError} where the caller's token or session is over before.
 */
export async function whileAllowed<T>(
  work: Promise<T>,
  reauthorise: Reauthorise,
  leave: () => void,
): Promise<T> {
  const refused = Promise.withResolvers<never>();
  let isAsking = false;
  async function ask() {
    if (isAsking) return;
    isAsking = true;
    const refusal = await toRefusal(reauthorise);
    isAsking = false;
    if (refusal === null) return;
    refused.reject(refusal);
    leave();
  }
  const timer = setInterval(() => void ask(), CHECK_MS);
  try {
    return await Promise.race([work, refused.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** Hands on the chunks of a body that takes its time, as long as the caller is here. @throws {UnauthenticatedError} */
export async function* handOnWhileHere<T>(chunks: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    assertHere(signal);
    yield chunk;
  }
}

/** @throws {UnauthenticatedError} where a call's signal aborted. */
export function assertHere(signal: AbortSignal): void {
  if (signal.aborted) throw new UnauthenticatedError('The caller is gone, or may be here no more.');
}

/** A ledger that is away for a moment refuses nobody who was let in. */
async function toRefusal(reauthorise: Reauthorise): Promise<Error | null> {
  try {
    await reauthorise();
    return null;
  } catch (error) {
    return error instanceof UnauthenticatedError || error instanceof ForbiddenError ? error : null;
  }
}
