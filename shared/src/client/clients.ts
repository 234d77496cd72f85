import type { Client } from '../contracts/client.ts';
import type { RotatedSecret } from '../contracts/webhook.ts';
import type { CallOptions } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

export function createClients(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Client>>('GET', '/api/clients', { query: { ...query }, signal })),
    /** A new secret for what the `webhookUrl` of the client's jobs gets, this once; the one before signs for 24 h more. */
    rotateSecret: async (name: string, { signal }: CallOptions = {}) => {
      const path = `/api/clients/${encodeURIComponent(name)}/webhook-secret`;
      return valueOf(send<RotatedSecret>('POST', path, { signal }));
    },
  };
}
