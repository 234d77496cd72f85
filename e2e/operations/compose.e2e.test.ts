import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

interface Service {
  image: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  deploy?: { replicas: number };
}
const { services } = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const entries = Object.entries(services);
const ours = entries.filter(([, { image }]) => image === 'understudy');

/** How things are sorted is a matter of taste; `build` and `image` together name what was built. */
const OFF = [
  'no-build-and-image',
  'require-project-name-field',
  'service-dependencies-alphabetical-order',
  'service-keys-order',
  'service-ports-alphabetical-order',
  'services-alphabetical-order',
  'top-level-properties-order',
];

test('docker-compose.yml keeps to the schema of Compose, and to what its linter asks for', () => {
  const rules = Object.fromEntries(OFF.map((rule) => [rule, 0 as const]));
  const linter = new DCLinter({ rules, quiet: false, exclude: [], debug: false, stopOnFirstError: false });
  const [result] = linter.lintFiles([FILE], false);
  expect(result?.messages ?? []).toEqual([]);
});

test('no service may gain a privilege, and each has only the capabilities that it names', () => {
  for (const [name, { cap_drop, security_opt }] of entries)
    expect({ name, cap_drop, security_opt }).toEqual({
      name,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
});

test('our processes write nowhere, and only those that open secrets have the keys', () => {
  expect(ours.map(([name]) => name).toSorted()).toEqual(['api', 'migrate', 'scheduler', 'worker']);
  for (const [, { read_only }] of ours) expect(read_only).toBe(true);
  const withKeys = ours.filter(
    ([, { environment }]) => environment && 'UNDERSTUDY_MASTER_KEYS' in environment,
  );
  expect(withKeys.map(([name]) => name)).toEqual(['api', 'worker']);
});

test('only the proxy can be reached, from this machine, and several processes of a role stand behind it', () => {
  const open = entries.filter(([, { ports }]) => ports);
  expect(open.map(([name, { ports }]) => [name, ports])).toEqual([
    ['proxy', ['127.0.0.1:${PORT:-3000}:3000']],
  ]);
  for (const role of ['api', 'worker']) expect(services[role]?.deploy?.replicas).toBeGreaterThan(1);
});

test('every image of others is named by a version', () => {
  for (const [, { image }] of entries.filter((entry) => !ours.includes(entry)))
    expect(image).toMatch(/^[a-z]+:\d+\.\d+/);
});
