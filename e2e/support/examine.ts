import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import type { Finding } from '../../shared/src/cli/doctor/finding.ts';
import { understudy } from './understudy.ts';

/** Has the doctor look, and gives what it found; `bad` is what is not well, as `check: what`. */
export async function examine(env: Record<string, string>, cwd = tmpdir()) {
  const { status, output } = await understudy(['doctor', '--json'], { cwd, env });
  const { ok, findings } = JSON.parse(output) as { ok: boolean; findings: Finding[] };
  expect(status).toBe(ok ? 0 : 1);
  const bad = findings.filter((finding) => finding.status !== 'ok');
  return { findings, bad: bad.map(({ check, what }) => `${check}: ${what}`), output };
}
