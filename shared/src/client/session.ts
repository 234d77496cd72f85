import type { Session, SessionInput } from '../contracts/session.ts';
import type { CallOptions } from './call.ts';
import { valueOf, type Transport } from './transport.ts';

export function createSession(send: Transport) {
  return {
    /** Trades a token, or the code of a one-time link, for the browser's cookie. */
    start: async (input: SessionInput, { signal }: CallOptions = {}) =>
      valueOf(send<Session>('POST', '/api/session', { body: input, signal })),
    /** Who is signed in; 401 `unauthenticated` when nobody is. */
    get: async ({ signal }: CallOptions = {}) => valueOf(send<Session>('GET', '/api/session', { signal })),
    end: async ({ signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', '/api/session', { signal });
    },
  };
}
