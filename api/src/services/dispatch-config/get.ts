import type { VersionedDispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readVersionedDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';
import type { Context } from '../../context.ts';
import { toEtag } from '../../http/etag.ts';

export interface TaggedDispatchConfig {
  config: VersionedDispatchConfig;
  etag: string;
}

/** The dispatch configuration in force, with the tag of its version. */
export async function getDispatchConfig({ store }: Context): Promise<TaggedDispatchConfig> {
  return toTagged(await readVersionedDispatchConfig(store));
}

export function toTagged(config: VersionedDispatchConfig): TaggedDispatchConfig {
  return { config, etag: toEtag('dispatch', config.version) };
}
