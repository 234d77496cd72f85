import { once } from 'node:events';
import type { Response } from 'express';

/** Whoever takes nothing at all of what is there for so long reads no more, and would hold its connection for ever. */
const READ_WITHIN_MS = 120_000;

/**
 * Sends chunks as they are made, no faster than the caller reads; `begin` writes the head once the first is there.
 * Ends quietly when the caller is gone, and cuts one who does not read. @throws what making a chunk throws.
 */
export async function sendStream(
  res: Response,
  chunks: AsyncIterable<string | Uint8Array>,
  options: { begin: () => void; isHead: boolean; readWithinMs?: number },
): Promise<void> {
  const { begin, isHead, readWithinMs = READ_WITHIN_MS } = options;
  const iterator = chunks[Symbol.asyncIterator]();
  const gone = new AbortController();
  const leave = () => gone.abort();
  res.once('close', leave);
  // Node's time-out of a socket counts from the last byte that was taken, also behind the end.
  res.setTimeout(readWithinMs).on('timeout', () => {
    if (res.writableLength > 0) res.destroy();
  });
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
