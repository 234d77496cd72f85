import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { toShellWord } from '@understudy/shared/contracts/shell-word';
import { toSubmitCurl } from './curl.ts';

it.each([`it's "quoted" $HOME \`date\` \\ !`, `'''`, 'two\nlines', ''])(
  'gives a shell %j as it is',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${toShellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

/** The words of the command as a shell takes it apart, run in a folder with what may be set there. */
function toWords(line: string, cwd: string, env: Record<string, string> = {}) {
  const printed = line.replace('curl', "printf '%s\\n'");
  return execFileSync('sh', ['-c', printed], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
}

function createFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'curl-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function createData(folder: string, token: string) {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'admin-token'), `${token}\n`);
}

it('writes a line that a shell takes apart into the request', () => {
  const line = toSubmitCurl('http://127.0.0.1:3000', { text: "can't pay" }, 'ust_x');
  const words = toWords(line, tmpdir());
  expect(words).toContain('Authorization: Bearer ust_x\n');
  expect(words).toContain(`"text": "can't pay"`);
});

it('reads the first token where the start puts it, by default and by UNDERSTUDY_DATA_DIR', () => {
  const folder = createFolder();
  createData(path.join(folder, '.understudy'), 'ust_default');
  createData(path.join(folder, 'my data'), 'ust_elsewhere');
  const line = toSubmitCurl('http://127.0.0.1:3000', { text: 'x' });
  expect(toWords(line, folder)).toContain('Authorization: Bearer ust_default\n');
  const env = { UNDERSTUDY_DATA_DIR: path.join(folder, 'my data') };
  expect(toWords(line, folder, env)).toContain('Authorization: Bearer ust_elsewhere\n');
});
