import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import type { InteractiveDocument } from './model.ts';

const KEPT_MS = 60_000;

/** Lays down a request that a worker will find by its id. */
export async function createInteractive(store: Store, input: InteractiveDocument['input']): Promise<string> {
  const id = createId('int');
  const createdAt = new Date(store.clock.now());
  const expiresAt = new Date(createdAt.getTime() + KEPT_MS);
  await store.interactive.create({ _id: id, state: 'waiting', input, result: null, createdAt, expiresAt });
  return id;
}

/** Takes a waiting request. @returns null where it expired or somebody else has it. */
export async function startInteractive(store: Store, id: string): Promise<InteractiveDocument | null> {
  return store.interactive
    .findOneAndUpdate({ _id: id, state: 'waiting' }, { state: 'running' }, { returnDocument: 'after' })
    .lean<InteractiveDocument>();
}

/** Notes the result of a request that somebody has; the key in its draft is needed no more and goes. */
export async function finishInteractive(store: Store, id: string, result: unknown): Promise<void> {
  await store.interactive.updateOne(
    { _id: id, state: 'running' },
    { $set: { state: 'done', result }, $unset: { 'input.draft': 1 } },
  );
}

/** A request with its result, where it has one yet; null where it was withdrawn or has expired. */
export async function readInteractive(store: Store, id: string): Promise<InteractiveDocument | null> {
  return store.interactive.findById(id).lean<InteractiveDocument>();
}

/** Withdraws a request that no worker took. @returns false where one has it after all. */
export async function withdrawInteractive(store: Store, id: string): Promise<boolean> {
  const { deletedCount } = await store.interactive.deleteOne({ _id: id, state: 'waiting' });
  return deletedCount === 1;
}
