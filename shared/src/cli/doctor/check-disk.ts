import { statfs } from 'node:fs/promises';
import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { toSize } from './wording.ts';

const CHECK = 'disk';
/** Below this MongoDB refuses to build an index, so that a migration fails. */
const MIN_FREE_BYTES = 500 * 2 ** 20;
const FEW_BYTES = 2 * 2 ** 30;
const FIX = 'Make room, or lower `retention` (`POST /api/providers/config`): old jobs are the most of it.';

/** Whether the disk of what `npm start` keeps has room. */
export const checkDisk: Check = {
  name: CHECK,
  async run({ folder }) {
    if (folder === null) return [];
    const { bavail, blocks, bsize } = await statfs(folder);
    return [judgeDisk(CHECK, `The disk of ${folder}`, { total: blocks * bsize, free: bavail * bsize })];
  },
};

/** Whether a disk has room, in bytes; one whose size is not known has. */
export function judgeDisk(
  check: string,
  disk: string,
  { total, free }: { total: number; free: number },
): Finding {
  const what = `${disk} has ${toSize(free)} of ${toSize(total)} free.`;
  if (total === 0 || free >= FEW_BYTES) return ok(check, what);
  return free < MIN_FREE_BYTES ? fail(check, what, FIX) : warn(check, what, FIX);
}
