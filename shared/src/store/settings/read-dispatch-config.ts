import type { ClientSession } from 'mongoose';
import {
  dispatchConfig,
  type DispatchConfig,
  type VersionedDispatchConfig,
} from '../../contracts/dispatch-config.ts';
import type { Store } from '../connect.ts';

/** The version of a configuration that nobody has changed yet. */
const FIRST_VERSION = 1;

/** The dispatch configuration in force: the stored values over the defaults. */
export async function readDispatchConfig(store: Store): Promise<DispatchConfig> {
  const { version: _version, ...config } = await readVersionedDispatchConfig(store);
  return config;
}

/** The same with its version; within a transaction where it is to be changed. */
export async function readVersionedDispatchConfig(
  store: Store,
  session: ClientSession | null = null,
): Promise<VersionedDispatchConfig> {
  const stored = await store.settings.findById('dispatch').session(session).lean();
  return { ...dispatchConfig.parse(stored?.values ?? {}), version: stored?.version ?? FIRST_VERSION };
}
