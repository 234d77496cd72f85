import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DAY_MS } from '../../runtime/durations.ts';
import { toErrorMessage } from '../../runtime/error-message.ts';
import { SetUpError } from './set-up-error.ts';

const MARK = '.partial-';

/**
 * Makes a folder in the cache for what is on its way to `target`, and removes those that set-ups left which were killed.
 * @param remedy what else can be done where nothing can be written there
 * @throws {SetUpError}
 */
export async function openPartial(target: string, remedy: string): Promise<string> {
  const cache = path.dirname(target);
  try {
    await mkdir(cache, { recursive: true });
    await removeLeft(cache);
    return await mkdtemp(`${target}${MARK}`);
  } catch (error) {
    throw new SetUpError(
      `Nothing can be kept in ${cache}: ${toErrorMessage(error)}`,
      `Set XDG_CACHE_HOME to a folder that can be written, or: ${remedy}`,
    );
  }
}

async function removeLeft(cache: string): Promise<void> {
  const partial = (await readdir(cache)).filter((name) => name.includes(MARK));
  for (const folder of partial.map((name) => path.join(cache, name))) {
    // Another set-up may have ended meanwhile, and have removed its own.
    const touchedAt = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    // Nobody is at work in one of yesterday. One of another user's stays: it keeps nobody from working.
    if (touchedAt < Date.now() - DAY_MS) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
