import type { DispatchConfigPart, VersionedDispatchConfig } from '../contracts/dispatch-config.ts';
import type { CallOptions } from './page.ts';
import type { Reply, Transport } from './transport.ts';

export interface UpdateConfigOptions extends CallOptions {
  /** The `etag` of what was read: the change is refused (412 `stale`) if somebody made another since. */
  ifMatch?: string | null | undefined;
}

const PATH = '/api/providers/config';

/** The dispatch configuration, each time with the tag of its version. */
export function createConfig(send: Transport) {
  return {
    get: async ({ signal }: CallOptions = {}) =>
      toTagged(await send<VersionedDispatchConfig>('GET', PATH, { signal })),
    /** Changes only what the part names, nested too. */
    update: async (part: DispatchConfigPart, { ifMatch, signal }: UpdateConfigOptions = {}) => {
      const headers = { 'If-Match': ifMatch ?? undefined };
      return toTagged(await send<VersionedDispatchConfig>('POST', PATH, { body: part, headers, signal }));
    },
  };
}

function toTagged({ value, headers }: Reply<VersionedDispatchConfig>) {
  return { config: value, etag: headers.get('ETag') };
}
