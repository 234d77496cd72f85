import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';
import { understudy as run } from './support/understudy.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.stop();
  removeData(product.dataDir);
});

function understudy(args: string[], env: Record<string, string> = {}) {
  const { dataDir } = product;
  return run(args, { cwd: dataDir, env: { UNDERSTUDY_DATA_DIR: dataDir, ...env } });
}

test('login prints a link that opens the console once', async () => {
  const { status, output } = await understudy(['login']);
  expect(status).toBe(0);
  const [link = ''] = output.split('\n');
  expect(link.startsWith(`${product.url}/login#`)).toBe(true);
  expect(link).not.toBe(product.loginLink);
});

test('migrate --status lists what has run', async () => {
  const { status, output } = await understudy(['migrate', '--status']);
  expect(status).toBe(0);
  expect(output).toMatch(/^001 \S+ +ran \d{4}-/);
});

test('migrate finds nothing left to do', async () => {
  const { status, output } = await understudy(['migrate']);
  expect(status).toBe(0);
  expect(output).not.toContain('not run yet');
});

test('keys says which process has which master key, adds one, and rotates only once all of them have it', async () => {
  const before = await understudy(['keys', 'status']);
  expect(before).toMatchObject({ status: 0, output: expect.stringContaining('Master keys: 1 (seals)') });
  expect(before.output).toMatch(/Running processes:\n {2}api .* 1 \(seals\)\n {2}worker .* 1 \(seals\)/);
  const added = await understudy(['keys', 'add']);
  expect(added).toMatchObject({
    status: 0,
    output: expect.stringContaining('Master key 2 is the first one now'),
  });
  const rotated = await understudy(['keys', 'rotate']);
  expect(rotated).toMatchObject({ status: 1, output: expect.stringContaining('do not have master key 2') });
  const refused = await understudy(['keys', 'add'], { UNDERSTUDY_MASTER_KEYS: `1:${'A'.repeat(43)}=` });
  expect(refused).toMatchObject({
    status: 1,
    output: expect.stringContaining('UNDERSTUDY_MASTER_KEYS is set'),
  });
  for (const { output } of [before, added, rotated]) expect(output).not.toMatch(/[A-Za-z0-9+/]{43}=/);
});

test('says so where nothing runs', async () => {
  const elsewhere = makeDataDir();
  const { status, output } = await understudy(['login'], { UNDERSTUDY_DATA_DIR: elsewhere });
  removeData(elsewhere);
  expect(status).toBe(1);
  expect(output).toContain(`Understudy is not running here (${elsewhere})`);
});

test.for([
  ['an unknown command', ['lgoin'], 'There is no command "lgoin"'],
  ['an unknown action', ['keys', 'rotten'], 'Say what: keys status'],
  ['an unknown option', ['migrate', '--stats'], "Unknown option '--stats'"],
] as const)('refuses %s', async ([, args, message]) => {
  const { status, output } = await understudy([...args]);
  expect(status).toBe(1);
  expect(output).toContain(message);
});

test.for([[[]], [['--help']], [['login', '--help']]] as const)('helps: %s', async ([args]) => {
  const { status, output } = await understudy([...args]);
  expect(status).toBe(0);
  expect(output).toMatch(/^Usage: npx understudy /);
});
