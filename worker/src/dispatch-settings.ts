import { dispatchConfig, type DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Store } from '@understudy/shared/store/connect';
import { readDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';

/** The dispatch configuration as this process knows it; the defaults until its first reload. */
export interface DispatchSettings {
  current(): DispatchConfig;
  reload(): Promise<void>;
}

export function createDispatchSettings(store: Store): DispatchSettings {
  let config = dispatchConfig.parse({});
  return {
    current: () => config,
    async reload() {
      config = await readDispatchConfig(store);
    },
  };
}
