import { expect, it } from 'vitest';
import { NDJSON } from './read-items.ts';
import { skimBatch } from './receive.ts';

it('ends where the sender has left, though there is more to read', async () => {
  async function* chunks() {
    yield Buffer.from('{"text":"x","labels":["a","b"]}\n'.repeat(100));
  }
  const gone = new AbortController();
  const marks: string[] = [];
  const mark = (part: string) => {
    marks.push(part);
    if (marks.length === 3) gone.abort();
  };
  const upload = { type: NDJSON, chunks: chunks() };
  await expect(skimBatch({ upload, mark, signal: gone.signal })).rejects.toThrow('gone');
  expect(marks).toHaveLength(3);
});
