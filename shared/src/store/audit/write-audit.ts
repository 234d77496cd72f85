import type { ClientSession } from 'mongoose';
import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import type { AuditDocument } from './model.ts';

/** Writes one audit row, in the transaction that makes the change. */
export async function writeAudit(
  store: Store,
  row: Omit<AuditDocument, '_id' | 'at'>,
  session: ClientSession,
): Promise<void> {
  await store.audit.create([{ _id: createId('aud'), at: new Date(), ...row }], { session });
}
