import { expect, test } from 'vitest';
import { waitUntilReady } from './wait-until-ready.ts';

test('says why there was no answer, and not only that fetch failed', async () => {
  const ended = new AbortController();
  const waited = waitUntilReady('http://127.0.0.1:6000', ended.signal);
  // The first answer, of a port that fetch refuses, is there at once.
  await fetch('http://127.0.0.1:6000').catch(() => ended.abort());
  await expect(waited).rejects.toThrow('the last answer was: fetch failed: bad port');
});
