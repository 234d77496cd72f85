import type { ClientSession } from 'mongoose';
import { createId, toIdTime } from '../../ids.ts';
import type { Store } from '../connect.ts';
import type { AuditDocument } from './model.ts';

/** Writes one audit row, in the transaction that makes the change. Rows are never removed. @returns its id. */
export async function writeAudit(
  store: Store,
  row: Omit<AuditDocument, '_id' | 'at'>,
  session: ClientSession,
): Promise<string> {
  const _id = createId('aud');
  await store.audit.create([{ _id, at: toIdTime(_id), ...row }], { session });
  return _id;
}
