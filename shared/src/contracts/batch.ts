import * as z from 'zod/mini';

/** How many jobs of a batch are in each state. */
export const batchCounts = z.object({
  queued: z.int(),
  processing: z.int(),
  deferred: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});
export type BatchCounts = z.infer<typeof batchCounts>;
