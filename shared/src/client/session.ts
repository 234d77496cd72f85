import type { Session, SessionInput } from '../contracts/session.ts';
import type { CallOptions } from './page.ts';
import type { Transport } from './transport.ts';

export function createSession(send: Transport) {
  return {
    /** Trades a token, or the code of a one-time link, for the browser's cookie. */
    start: async (input: SessionInput, { signal }: CallOptions = {}) =>
      (await send<Session>('POST', '/api/session', { body: input, signal })).value,
    /** Who is signed in; 401 `unauthenticated` when nobody is. */
    get: async ({ signal }: CallOptions = {}) =>
      (await send<Session>('GET', '/api/session', { signal })).value,
    end: async ({ signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', '/api/session', { signal });
    },
  };
}
