import { chmodSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPrometheus, installPrometheus } from './prometheus.ts';

const VERSION = '#!/bin/sh\necho "version 2.42.0"\n';

/** A machine without Prometheus, where each tool is a script that a test gives. */
function setup(tools: Record<string, string>) {
  const root = mkdtempSync(path.join(tmpdir(), 'understudy-prometheus-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const bin = path.join(root, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\nPATH=/bin:/usr/bin\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const lines: string[] = [];
  const env = { PATH: bin, XDG_CACHE_HOME: path.join(root, 'cache') };
  const cacheFolder = path.join(root, 'cache/understudy');
  return { options: { env, report: (line: string) => lines.push(line) }, lines, cacheFolder };
}

/** Unpacks what says its version. */
const UNPACK = `mkdir -p "$3/usr/bin"; for name in prometheus promtool; do
printf '${VERSION.replaceAll('\n', String.raw`\n`)}' > "$3/usr/bin/$name"; chmod 755 "$3/usr/bin/$name"; done`;
const DOWNLOAD = 'for word; do [ "$word" = download ] && touch prometheus_2.42_amd64.deb; done; exit 0';

test('has nothing to do where there is one', async () => {
  const { options, lines } = setup({ prometheus: '', promtool: '' });
  await installPrometheus(options);
  expect(lines).toEqual([]);
});

test("unpacks the system's package into the cache, and leaves nothing else there", async () => {
  const { options, lines, cacheFolder } = setup({ 'apt-get': DOWNLOAD, 'dpkg-deb': UNPACK });
  await installPrometheus(options);
  expect(findPrometheus(options.env)).toEqual({
    prometheus: path.join(cacheFolder, 'prometheus'),
    promtool: path.join(cacheFolder, 'promtool'),
  });
  expect(readdirSync(cacheFolder).toSorted()).toEqual(['prometheus', 'promtool']);
  await installPrometheus(options);
  expect(lines).toHaveLength(2);
});

test.for([
  ['there is no apt-get', {}, /no apt-get/],
  [
    'there is no package',
    { 'apt-get': 'echo no network; exit 100', 'dpkg-deb': '' },
    /none can be had:\n[^]*no network/,
  ],
  ['what is in it does not run', { 'apt-get': DOWNLOAD, 'dpkg-deb': '' }, /does not run on this machine/],
] as const)('says how to do without where %s', async ([, tools, message]) => {
  const { options, cacheFolder } = setup(tools);
  await expect(installPrometheus(options)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    remedy: expect.stringContaining('npm test -- --no-prometheus'),
  });
  expect(findPrometheus(options.env)).toBeNull();
  expect(globSync('*', { cwd: cacheFolder })).toEqual([]);
});
