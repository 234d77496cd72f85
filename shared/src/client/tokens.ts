import type * as z from 'zod/mini';
import type { Token, TokenCreated, tokenInput } from '../contracts/token.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

/** A token as one asks for it. */
export type NewToken = z.input<typeof tokenInput>;

export function createTokens(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Token>>('GET', '/api/tokens', { query: { ...query }, signal })).value,
    /** Makes a token; its value is in `token`, in this reply and never again. */
    create: async (token: NewToken, { signal }: CallOptions = {}) =>
      (await send<TokenCreated>('POST', '/api/tokens', { body: token, signal })).value,
    /** Revokes a token: it is refused everywhere within a second, and its sessions end. */
    revoke: async (id: string, { signal }: CallOptions = {}) => {
      await send<undefined>('DELETE', `/api/tokens/${encodeURIComponent(id)}`, { signal });
    },
  };
}
