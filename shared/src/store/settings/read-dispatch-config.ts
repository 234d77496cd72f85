import { dispatchConfig, type DispatchConfig } from '../../contracts/dispatch-config.ts';
import type { Store } from '../connect.ts';

/** The dispatch configuration in force: the stored values over the defaults. */
export async function readDispatchConfig(store: Store): Promise<DispatchConfig> {
  const stored = await store.settings.findById('dispatch').lean();
  return dispatchConfig.parse(stored?.values ?? {});
}
