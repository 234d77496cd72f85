import { once } from 'node:events';
import type { Response } from 'express';

/**
 * Sends chunks as they are made, no faster than the caller reads; `begin` writes the head once the first is there.
 * Ends quietly when the caller is gone. @throws what making a chunk throws.
 */
export async function sendStream(
  res: Response,
  chunks: AsyncIterable<string | Uint8Array>,
  { begin, isHead }: { begin: () => void; isHead: boolean },
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const gone = new AbortController();
  const leave = () => gone.abort();
  res.once('close', leave);
  try {
    let next = await iterator.next();
    begin();
    while (!next.done && !isHead && !res.closed) {
      if (!res.write(next.value)) await once(res, 'drain', { signal: gone.signal });
      next = await iterator.next();
    }
    res.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    res.off('close', leave);
    await iterator.return?.();
  }
}
