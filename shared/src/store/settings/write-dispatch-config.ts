import type { ClientSession } from 'mongoose';
import { dispatchConfig, type DispatchConfig } from '../../contracts/dispatch-config.ts';
import type { Store } from '../connect.ts';

/**
 * Puts a configuration into force as the given version, within the transaction that read the one before. Only what
 * differs from the defaults is stored.
 */
export async function writeDispatchConfig(
  store: Store,
  { config, version, now }: { config: DispatchConfig; version: number; now: Date },
  session: ClientSession,
): Promise<void> {
  const values = omitSame(config, dispatchConfig.parse({}));
  await store.settings.updateOne(
    { _id: 'dispatch' },
    { $set: { version, values, updatedAt: now } },
    { session, upsert: true },
  );
}

function omitSame(values: object, defaults: object): Record<string, unknown> {
  const standard = new Map<string, unknown>(Object.entries(defaults));
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]: [string, unknown]) => {
      const other = standard.get(key);
      if (!isObject(value) || !isObject(other)) return value === other ? [] : [[key, value]];
      const inner = omitSame(value, other);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
