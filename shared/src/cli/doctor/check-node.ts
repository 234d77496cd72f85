import { ok, fail } from './finding.ts';
import type { Check } from './check.ts';

/** The first that runs TypeScript as it is, and the one that everything is tested with. */
const OLDEST = 24;

export const checkNode: Check = { name: 'node', run: () => [judgeNode(process.versions.node)] };

/** @param version such as `24.1.0` */
export function judgeNode(version: string) {
  if (Number.parseInt(version) >= OLDEST) return ok('node', `Node ${version}.`);
  return fail(
    'node',
    `This is Node ${version}; the processes need ${OLDEST} or newer.`,
    'Install the packages anew (`npm ci`), which brings it, or install it.',
  );
}
