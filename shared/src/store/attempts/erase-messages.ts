import type { Store } from '../connect.ts';

/** Erases what vendors said in the attempts of these jobs. */
export async function eraseMessages(store: Store, jobIds: readonly string[]): Promise<void> {
  await store.attempts.updateMany(
    { jobId: { $in: [...jobIds] }, message: { $type: 'string' } },
    { message: null },
  );
}
