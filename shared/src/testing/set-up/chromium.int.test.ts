import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findChromium, installChromium } from './chromium.ts';

/** A machine without a browser, where each tool is a script that a test gives. */
function setup(tools: Record<string, string>) {
  const root = mkdtempSync(path.join(tmpdir(), 'understudy-chromium-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const bin = path.join(root, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const lines: string[] = [];
  const options = {
    root,
    env: { PATH: bin },
    report: (line: string) => lines.push(line),
    hasPlaywrightsOwn: async () => false,
  };
  const makeChromium = `printf '#!/bin/sh\\n' > '${bin}/chromium'; /bin/chmod 755 '${bin}/chromium'`;
  return { options, lines, bin, makeChromium };
}

test('has nothing to do where there is one', async () => {
  const { options, lines } = setup({ chromium: '' });
  await installChromium(options);
  expect(lines).toEqual([]);
});

test.each(['chromium-headless-shell', 'chromium'])('takes as root what Debian has: %s', async (name) => {
  const { options, bin } = setup({});
  const make = `printf '#!/bin/sh\\n' > '${bin}/${name}'; /bin/chmod 755 '${bin}/${name}'`;
  const install = `case "$*" in update*) ;; *' ${name}') ${make} ;; *) exit 100 ;; esac`;
  writeFileSync(path.join(bin, 'apt-get'), `#!/bin/sh\n${install}\n`, { mode: 0o755 });
  await installChromium({ ...options, isRoot: true });
  expect(findChromium(options.env)).toBe(path.join(bin, name));
});

test('takes the shell rather than the whole browser', () => {
  const { options, bin } = setup({ chromium: '', 'chromium-headless-shell': '' });
  expect(findChromium(options.env)).toBe(path.join(bin, 'chromium-headless-shell'));
});

test("takes Playwright's download for anyone else", async () => {
  const { options, bin, lines, makeChromium } = setup({ 'apt-get': 'exit 1' });
  writeFileSync(path.join(bin, 'playwright'), `#!/bin/sh\n${makeChromium}\n`, { mode: 0o755 });
  await installChromium({ ...options, isRoot: false });
  expect(findChromium(options.env)).toBe(path.join(bin, 'chromium'));
  expect(lines.join()).not.toContain('apt-get');
});

test('says why there is none and how to do without', async () => {
  const { options } = setup({
    'apt-get': 'echo no network; exit 100',
    playwright: 'echo download failed; exit 1',
  });
  await expect(installChromium({ ...options, isRoot: true })).rejects.toMatchObject({
    message: expect.stringMatching(/none can be had:\n[^]*no network[^]*download failed/),
    remedy: expect.stringContaining('npm test -- --no-browser'),
  });
});
