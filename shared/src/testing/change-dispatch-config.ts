import type { DispatchConfig } from '../contracts/dispatch-config.ts';
import type { Store } from '../store/connect.ts';
import { readVersionedDispatchConfig } from '../store/settings/read-dispatch-config.ts';
import { writeDispatchConfig } from '../store/settings/write-dispatch-config.ts';
import { inTransaction } from '../store/transaction.ts';
import { bumpVersion } from '../store/versions/versions.ts';

/** Changes the dispatch configuration as the API does; every process that watches the versions takes it up. */
export async function changeDispatchConfig(
  store: Store,
  change: (config: DispatchConfig) => DispatchConfig,
): Promise<void> {
  await inTransaction(store, async (session) => {
    const { version, ...current } = await readVersionedDispatchConfig(store, session);
    const next = { config: change(current), version: version + 1, now: new Date() };
    await writeDispatchConfig(store, next, session);
    await bumpVersion(store, 'config', session);
  });
}
