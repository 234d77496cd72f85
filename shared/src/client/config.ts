import type { DispatchConfigPart, VersionedDispatchConfig } from '../contracts/dispatch-config.ts';
import { toEtagged, toIfMatch, type CallOptions, type GuardedCall } from './call.ts';
import type { Transport } from './transport.ts';

const PATH = '/api/providers/config';

/** The dispatch configuration, each time with the tag of its version. */
export function createConfig(send: Transport) {
  return {
    get: async ({ signal }: CallOptions = {}) =>
      toEtagged('config', send<VersionedDispatchConfig>('GET', PATH, { signal })),
    /** Changes only what the part names, nested too. */
    update: async (part: DispatchConfigPart, { ifMatch, signal }: GuardedCall = {}) => {
      const headers = toIfMatch(ifMatch);
      return toEtagged(
        'config',
        send<VersionedDispatchConfig>('POST', PATH, { body: part, headers, signal }),
      );
    },
  };
}
