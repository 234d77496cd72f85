import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { toShellWord, toSubmitCurl } from './curl.ts';

it.each([`it's "quoted" $HOME \`date\` \\ !`, `'''`, 'two\nlines', ''])(
  'gives a shell %j as it is',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${toShellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

it('writes a line that a shell takes apart into the request', () => {
  const line = toSubmitCurl('http://127.0.0.1:3000', { text: "can't pay" }).replace('curl', "printf '%s\\n'");
  const words = execFileSync('sh', ['-c', line.replace('$(cat .understudy/admin-token)', 'ust_x')], {
    encoding: 'utf8',
  });
  expect(words).toContain('Authorization: Bearer ust_x\n');
  expect(words).toContain(`"text": "can't pay"`);
});
