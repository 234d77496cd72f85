import type { ClientSession } from 'mongoose';
import { createId, toIdTime } from '../../ids.ts';
import type { Store } from '../connect.ts';
import type { AuditDocument } from './model.ts';

/** Writes one audit row, in the transaction that makes the change. Nothing changes or removes one; they are kept. */
export async function writeAudit(
  store: Store,
  row: Omit<AuditDocument, '_id' | 'at'>,
  session: ClientSession,
): Promise<void> {
  const _id = createId('aud');
  await store.audit.create([{ _id, at: toIdTime(_id), ...row }], { session });
}
