import { RateLimitedError } from '@understudy/shared/errors';
import type { Upload } from '../../http/upload.ts';

/** Room for the batches that are held in memory while they arrive; those that come as lines are not. */
export interface UploadRoom {
  /**
   * Lets an upload of this holder in, until `leave`. Its chunks throw {RateLimitedError} where the holder, or all
   * together, would hold more than there is room for.
   */
  enter(holder: string, upload: Upload): { upload: Upload; leave: () => void };
}

/** Of all uploads of this process; of those of one holder, half of it. */
const MAX_BYTES = 256 * 1_048_576;
const RETRY_AFTER_SECONDS = 5;

export function createUploadRoom({ maxBytes = MAX_BYTES } = {}): UploadRoom {
  const ofHolder = new Map<string, number>();
  let held = 0;

  return {
    enter(holder, upload) {
      if (upload.type !== 'application/json') return { upload, leave: () => {} };
      let bytes = 0;
      const hold = (change: number) => {
        const own = (ofHolder.get(holder) ?? 0) + change;
        if (change > 0 && own > maxBytes / 2) throw full('This token sends too much at once.', maxBytes / 2);
        if (change > 0 && held + change > maxBytes) throw full('Too much is being sent at once.', maxBytes);
        held += change;
        bytes += change;
        if (own > 0) ofHolder.set(holder, own);
        else ofHolder.delete(holder);
      };

      async function* count() {
        for await (const chunk of upload.chunks) {
          hold(chunk.length);
          yield chunk;
        }
      }
      return { upload: { type: upload.type, chunks: count() }, leave: () => hold(-bytes) };
    },
  };
}

const full = (reason: string, quota: number) =>
  new RateLimitedError(
    `${reason} Send it later, or as lines (application/x-ndjson).`,
    { name: 'uploads', quota, unit: 'content-bytes' },
    RETRY_AFTER_SECONDS,
  );
