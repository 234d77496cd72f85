import { createId } from '../../ids.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';
import { isDuplicateKey } from '../insert-each.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import type { AlertConditionDocument, AlertDocument, AlertWords } from './model.ts';

/** How long an alert that is over stays on record. */
const KEPT_MS = 30 * DAY_MS;

export type AlertCondition = Omit<AlertConditionDocument, '_id' | 'revision'>;

/** Every condition of which something was ever told, by its id. */
export async function readAlertConditions(store: Store): Promise<Map<string, AlertConditionDocument>> {
  const found = await store.alertConditions.find().lean<AlertConditionDocument[]>();
  return new Map(found.map((condition) => [condition._id, condition]));
}

export interface ConditionChange {
  id: string;
  /** The revision that the change was decided from; 0 where there was none. */
  revision: number;
  /** What it becomes; null where its subject is gone. */
  next: AlertCondition | null;
  /** What is to be told of it; null where nothing is. */
  words: AlertWords | null;
  /** Whether what is told goes on from now on, or is over with the telling. */
  lasts: boolean;
  at: Date;
}

/**
 * Changes a condition, ends the alert that told of it before, and puts the new one on record, still to be told, all in one
 * transaction. @returns the alert, or whether the condition was changed; `false` where somebody else changed it meanwhile.
 */
export async function changeAlertCondition(
  store: Store,
  change: ConditionChange,
): Promise<AlertDocument | boolean> {
  const { id, words, lasts, at } = change;
  const over = { endedAt: at, expiresAt: new Date(at.getTime() + KEPT_MS) };
  try {
    return await inTransaction(store, async (session) => {
      if (!(await write(store, change, session))) return false;
      await store.alerts.updateMany({ condition: id, endedAt: null }, over, { session });
      if (!words) return true;
      const end = lasts ? { endedAt: null, expiresAt: null } : over;
      const alert: AlertDocument = {
        _id: createId('alt'),
        condition: id,
        ...words,
        at,
        ...end,
        untold: true,
      };
      await store.alerts.create([alert], { session });
      return alert;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

async function write(store: Store, { id, revision, next }: ConditionChange, session: ClientSession) {
  const { alertConditions } = store;
  if (next === null) {
    return (await alertConditions.deleteOne({ _id: id, revision }, { session })).deletedCount === 1;
  }
  const document = { ...next, revision: revision + 1 };
  if (revision === 0) {
    await alertConditions.create([{ _id: id, ...document }], { session });
    return true;
  }
  return (await alertConditions.updateOne({ _id: id, revision }, document, { session })).matchedCount === 1;
}
