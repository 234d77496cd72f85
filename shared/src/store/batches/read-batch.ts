import type { Store } from '../connect.ts';
import { ofClient } from '../filter-parts.ts';
import type { Page } from '../page.ts';
import type { BatchDocument } from './model.ts';

const STANDS = { $in: ['accepted', 'running', 'finished', 'archived'] as BatchDocument['state'][] };
/** Only a repeat of the submit needs what was rejected. */
const VIEW = { rejected: 0 };

export type BatchView = Omit<BatchDocument, 'rejected'>;

/** One accepted batch of `client`, or of any client where that is null; null where there is none. */
export async function readBatch(store: Store, id: string, client: string | null): Promise<BatchView | null> {
  const filter = { _id: id, state: STANDS, ...ofClient(client) };
  return store.batches.findOne(filter, VIEW).lean<BatchView>();
}

/** Accepted batches, newest first, with the counts of the last look; evaluations have a list of their own. */
export async function findBatches(
  store: Store,
  { client, limit, beforeId }: Page & { client: string | null },
): Promise<BatchView[]> {
  const filter = {
    ...ofClient(client),
    _id: { $gt: 'bat_', $lt: beforeId ?? 'bat`' },
    state: STANDS,
  };
  return store.batches.find(filter, VIEW).sort({ _id: -1 }).limit(limit).lean<BatchView[]>();
}
