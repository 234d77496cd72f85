import type { Client } from '../contracts/client.ts';
import type { RotatedSecret } from '../contracts/webhook.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

export function createClients(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Client>>('GET', '/api/clients', { query: { ...query }, signal })).value,
    /** A new secret for what the `webhookUrl` of the client's jobs gets, this once; the one before signs for 24 h more. */
    rotateSecret: async (name: string, { signal }: CallOptions = {}) => {
      const path = `/api/clients/${encodeURIComponent(name)}/webhook-secret`;
      return (await send<RotatedSecret>('POST', path, { signal })).value;
    },
  };
}
