import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { StartError } from '../../errors.ts';
import { openDataFolder } from './data-folder.ts';

/** A folder that everybody may add files to, with these in it. */
function setup(files: string[] = []) {
  const location = mkdtempSync(path.join(tmpdir(), 'understudy-data-folder-'));
  onTestFinished(() => rmSync(location, { recursive: true, force: true }));
  chmodSync(location, 0o1777);
  for (const file of files) writeFileSync(path.join(location, file), 'any');
  return location;
}

const mode = (location: string) => (statSync(location).mode & 0o7777).toString(8);

it('makes a folder for this user alone, and those above it', () => {
  const above = path.join(setup(), 'a');
  openDataFolder(path.join(above, 'b')).write('file', 'content');
  expect([above, path.join(above, 'b')].map(mode)).toEqual(['700', '700']);
});

it.for([[], ['lost+found', '.DS_Store', '.gitkeep'], ['master-keys', 'admin-token'], ['hold.lock']])(
  'takes a folder that is there as it is: %j',
  (files) => {
    const location = setup(files);
    openDataFolder(location).write('file', 'content');
    expect(mode(location)).toBe('1777');
  },
);

it('refuses a folder of somebody else’s files, and changes nothing', () => {
  const location = setup(['notes.txt']);
  expect(() => openDataFolder(location)).toThrow(
    new StartError(
      `The data folder ${location} holds other files (notes.txt …) and none of Understudy. ` +
        'Choose an empty or a new folder with UNDERSTUDY_DATA_DIR.',
    ),
  );
  expect(mode(location)).toBe('1777');
});

it.each(['notes.txt', 'notes.txt/data'])('refuses %s, which cannot be a folder', (name) => {
  const location = path.join(setup(['notes.txt']), name);
  expect(() => openDataFolder(location)).toThrow(StartError);
  expect(() => openDataFolder(location)).toThrow(
    /^The data folder .*notes\.txt.* cannot be used: E\w+: .*\. Put that right, or choose another .* UNDERSTUDY_DATA_DIR\.$/,
  );
});

it.each([0o777, 0o770])(
  'refuses a folder whose files others may replace, and says how to mend that',
  (open) => {
    const location = setup(['admin-token']);
    chmodSync(location, open);
    expect(() => openDataFolder(location)).toThrow(
      new StartError(
        `Others may write to the data folder ${location}, and could change the keys and tokens in it. ` +
          `Run \`chmod go-w ${location}\`, or choose another folder with UNDERSTUDY_DATA_DIR.`,
      ),
    );
    chmodSync(location, 0o755);
    expect(() => openDataFolder(location)).not.toThrow();
  },
);

/** What a user who owns nothing of it is told. */
function openAsNobody(location: string): string {
  const source = JSON.stringify(new URL('./data-folder.ts', import.meta.url));
  const script = `
    const { openDataFolder } = await import(${source});
    process.setuid(65_534);
    try { openDataFolder(${JSON.stringify(location)}); } catch (error) { console.log(String(error)); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout;
}

it('refuses a folder that another user keeps shut', ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can be another user');
  const location = setup();
  chmodSync(location, 0o755);
  expect(openAsNobody(location)).toContain(
    `StartError: The data folder ${location} cannot be used: EACCES: permission denied`,
  );
});

it('refuses a folder that another user owns, who could have put a token of theirs there, but not to root', ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip('only root can give a folder away');
  const location = setup(['admin-token']);
  chownSync(location, 65_533, 65_533);
  expect(openAsNobody(location)).toContain(
    `StartError: The data folder ${location} belongs to another user (id 65533)`,
  );
  expect(() => openDataFolder(location)).not.toThrow();
});
