import type * as z from 'zod/mini';
import type { Token, TokenCreated, tokenInput } from '../contracts/token.ts';
import type { CallOptions } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

/** A token as one asks for it. */
export type NewToken = z.input<typeof tokenInput>;

export function createTokens(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Token>>('GET', '/api/tokens', { query: { ...query }, signal })),
    /** Makes a token; its value is in `token`, in this reply and never again. */
    create: async (token: NewToken, { signal }: CallOptions = {}) =>
      valueOf(send<TokenCreated>('POST', '/api/tokens', { body: token, signal })),
    /** Revokes a token: it is refused everywhere within a second, and its sessions end. */
    revoke: async (id: string, { signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', `/api/tokens/${encodeURIComponent(id)}`, { signal });
    },
  };
}
