import type { Report } from '../command.ts';
import type { Finding } from './finding.ts';

const MARKS: Record<Finding['status'], string> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

/** What was found, for a person; failed where something is. */
export function toReport(findings: readonly Finding[]): Report {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, what, fix }) => [
    `${MARKS[status]}  ${check.padEnd(width)}  ${what}`,
    ...(fix === null ? [] : [`${' '.repeat(width + 8)}→ ${fix}`]),
  ]);
  return { output: `${lines.join('\n')}\n\n${toVerdict(findings)}\n`, failed: isFailed(findings) };
}

/** The same for programs: `{ ok, findings }`. */
export function toJsonReport(findings: readonly Finding[]): Report {
  const failed = isFailed(findings);
  return { output: `${JSON.stringify({ ok: !failed, findings }, null, 2)}\n`, failed };
}

function isFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === 'fail');
}

function toVerdict(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  const [failed, warned] = [count('fail'), count('warn')];
  if (failed + warned === 0) return 'All is well.';
  return `${failed} to fix, ${warned} to look at.`;
}
