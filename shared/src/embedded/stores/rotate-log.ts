import { rename, stat } from 'node:fs/promises';

const ROTATE_BYTES = 10_000_000;

/** Puts a log that has grown large aside as `<file>.1`, in place of the one before it. */
export async function rotateLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > ROTATE_BYTES) await rename(file, `${file}.1`);
}
