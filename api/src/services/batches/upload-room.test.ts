import { expect, it } from 'vitest';
import type { Upload } from '../../http/upload.ts';
import { createUploadRoom } from './upload-room.ts';

const LINES = 'application/x-ndjson';
function toUpload(sizes: number[], type = 'application/json'): Upload {
  async function* chunks() {
    for (const size of sizes) yield new Uint8Array(size);
  }
  return { type, chunks: chunks() };
}
async function read({ chunks }: Upload): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}
const REFUSED = { code: 'rate_limited', retryAfterSeconds: 5 };

it('has room for half of all from one token, and for others beside it', async () => {
  const room = createUploadRoom({ maxBytes: 100 });
  const first = room.enter('tok_1', toUpload([30, 20]));
  expect(await read(first.upload)).toBe(50);
  const second = room.enter('tok_1', toUpload([1]));
  await expect(read(second.upload)).rejects.toMatchObject(REFUSED);
  second.leave();
  expect(await read(room.enter('tok_1', toUpload([1_000], LINES)).upload)).toBe(1_000);
  expect(await read(room.enter('tok_2', toUpload([50])).upload)).toBe(50);
  first.leave();
  expect(await read(room.enter('tok_1', toUpload([50])).upload)).toBe(50);
});

it('refuses an upload for which there is no room while it arrives, until another has left', async () => {
  const room = createUploadRoom({ maxBytes: 100 });
  const [first] = await Promise.all(
    ['tok_1', 'tok_2'].map(async (holder) => {
      const entered = room.enter(holder, toUpload([20, 20]));
      await read(entered.upload);
      return entered;
    }),
  );
  const third = room.enter('tok_3', toUpload([10, 30]));
  await expect(read(third.upload)).rejects.toMatchObject(REFUSED);
  third.leave();
  first!.leave();
  expect(await read(room.enter('tok_3', toUpload([20, 30])).upload)).toBe(50);
});
