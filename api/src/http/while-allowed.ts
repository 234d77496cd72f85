import { ForbiddenError, UnauthenticatedError } from '@understudy/shared/errors';

/** Rejects with what a new request of the caller would be refused with. */
export type Reauthorise = () => Promise<unknown>;

/** A token that was revoked is known here after half a second; what it still waits for ends as long after that. */
const CHECK_MS = 500;

/**
 * Gives what `work` gives, as long as the caller may be here; `leave` tells the work that nobody waits for it any more,
 * and why.
 * @throws {UnauthenticatedError} or {ForbiddenError} where the caller's token or session is over before.
 */
export async function whileAllowed<T>(
  work: Promise<T>,
  reauthorise: Reauthorise,
  leave: (refusal: Error) => void,
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
    leave(refusal);
  }
  const timer = setInterval(() => void ask(), CHECK_MS);
  try {
    return await Promise.race([work, refused.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** Hands on the chunks of a body that takes its time, as long as the caller is here. @throws as `assertHere` does. */
export async function* handOnWhileHere<T>(chunks: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    assertHere(signal);
    yield chunk;
  }
}

/** @throws where a call's signal aborted: what its caller is refused with, or {UnauthenticatedError} where it is gone. */
export function assertHere({ aborted, reason }: AbortSignal): void {
  if (aborted) throw isRefusal(reason) ? reason : new UnauthenticatedError('The caller is gone.');
}

function isRefusal(error: unknown): error is UnauthenticatedError | ForbiddenError {
  return error instanceof UnauthenticatedError || error instanceof ForbiddenError;
}

/** A ledger that is away for a moment refuses nobody who was let in. */
async function toRefusal(reauthorise: Reauthorise): Promise<Error | null> {
  try {
    await reauthorise();
    return null;
  } catch (error) {
    return isRefusal(error) ? error : null;
  }
}
