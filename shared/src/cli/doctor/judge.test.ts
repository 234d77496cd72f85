import { expect, it } from 'vitest';
import { judgeDisk } from './check-disk.ts';
import { judgeNode } from './check-node.ts';
import { fail, ok, warn } from './finding.ts';
import { toJsonReport, toReport } from './report.ts';
import { toLine } from './wording.ts';

const GIB = 2 ** 30;

it.each([
  [3 * GIB, 'ok'],
  [1 * GIB, 'warn'],
  [0.4 * GIB, 'fail'],
])('judges a disk with %d bytes free: %s', (free, status) => {
  expect(judgeDisk('disk', 'The disk', { total: 100 * GIB, free })).toMatchObject({ status });
});

it('has nothing to say of a disk whose size nobody tells', () => {
  expect(judgeDisk('disk', 'The disk', { total: 0, free: 0 }).status).toBe('ok');
});

it('refuses a Node that is too old', () => {
  expect(judgeNode('24.0.0').status).toBe('ok');
  expect(judgeNode('22.18.0')).toMatchObject({ status: 'fail', fix: expect.stringContaining('npm ci') });
});

it('leaves user and password out of a line', () => {
  expect(toLine('cannot call\nredis://:pass@host:1/0')).toBe('cannot call redis://host:1/0');
});

it.each(['redis://:hun@ter2@host:1', 'redis://:hun/ter2@host:1', 'redis://me:hun@t/er2@host:1'])(
  'tells nothing of a password with signs in it that an address should not have',
  (address) => expect(toLine(`cannot call ${address}`)).toBe('cannot call redis://host:1'),
);

it('keeps what comes after an address', () => {
  expect(toLine('no redis://host:1/0 here')).toBe('no redis://host:1/0 here');
});

const findings = [
  ok('node', 'Node 24.'),
  warn('redis', 'AOF is off.', 'Set it.'),
  fail('keys', 'None.', 'Put it back.'),
];

it('reports for a person, each fault with what to do', () => {
  const { output, failed } = toReport(findings);
  expect(output).toBe(
    [
      'ok    node   Node 24.',
      'warn  redis  AOF is off.',
      '             → Set it.',
      'FAIL  keys   None.',
      '             → Put it back.',
      '',
      '1 to fix, 1 to look at.',
      '',
    ].join('\n'),
  );
  expect(failed).toBe(true);
});

it('fails for what must be mended only', () => {
  expect(toReport(findings.slice(0, 2)).failed).toBe(false);
  expect(toReport(findings.slice(0, 1)).output).toContain('All is well.');
  expect(JSON.parse(toJsonReport(findings).output)).toEqual({ ok: false, findings });
});
