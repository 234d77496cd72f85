import { once } from 'node:events';
import type { Response } from 'express';

/** Whoever takes no chunk for so long reads no more, and would hold what makes them for ever. */
const READ_WITHIN_MS = 30_000;

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
  try {
    let next = await iterator.next();
    begin();
    while (!next.done && !isHead && !res.closed) {
      if (!res.write(next.value)) await untilTaken();
      next = await iterator.next();
    }
    res.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    res.off('close', leave);
    await iterator.return?.();
  }

  async function untilTaken() {
    const late = setTimeout(() => res.destroy(), readWithinMs);
    try {
      await once(res, 'drain', { signal: gone.signal });
    } finally {
      clearTimeout(late);
    }
  }
}
