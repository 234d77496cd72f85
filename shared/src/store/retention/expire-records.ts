import { toIdAt } from '../../ids.ts';
import { OTHER_PURPOSES } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/** Removes health checks that were made before `before`. @returns how many. */
export async function expireHealthChecks(store: Store, before: Date, limit: number): Promise<number> {
  const checks = toNative(store.healthChecks);
  const found = await checks
    .find({ at: { $lt: before } }, { projection: { _id: 1 }, sort: { at: 1 }, limit, hint: 'at' })
    .toArray();
  return remove(checks, found);
}

/** Removes failovers of drills that were made before `before`; those of jobs go with them. @returns how many. */
export async function expireDrillFailovers(store: Store, before: Date, limit: number): Promise<number> {
  const failovers = toNative(store.failovers);
  const made = { $lt: toIdAt('fov', before.getTime()) };
  const found = await failovers
    .find({ drill: true, _id: made }, { projection: { _id: 1 }, sort: { _id: 1 }, limit, hint: 'drills' })
    .toArray();
  return remove(failovers, found);
}

/**
 * Removes attempts that belong to no job, as of tests, drills and deep checks, and were settled before `before`; those
 * that usage does not have yet stay. @returns how many.
 */
export async function expireAttemptsApart(store: Store, before: Date, limit: number): Promise<number> {
  const attempts = toNative(store.attempts);
  const found = await attempts
    .find(
      { purpose: { $in: [...OTHER_PURPOSES] }, settledAt: { $lt: before }, counted: true },
      { projection: { _id: 1 }, sort: { settledAt: 1 }, limit, hint: 'apart' },
    )
    .toArray();
  return remove(attempts, found);
}

async function remove(
  collection: { deleteMany(filter: object): Promise<{ deletedCount: number }> },
  found: readonly { _id: string }[],
): Promise<number> {
  if (found.length === 0) return 0;
  const { deletedCount } = await collection.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
  return deletedCount;
}
