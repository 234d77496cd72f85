import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { PRIVATE_ADDRESSES } from '../testing/private-addresses.ts';
import { createAddressGuard, type Lookup } from './address-guard.ts';

const closed = createAddressGuard({ privateHosts: [] });

/** A name server that knows these names only. */
const knows =
  (names: Record<string, string[]>): Lookup =>
  (hostname, _options, callback) => {
    const found = names[hostname];
    if (!found) return callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

describe('without any private host', () => {
  it.each([
    'https://example.com/hook',
    'http://example.com:8080/hook?x=1',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://[64:ff9b::5db8:d822]/',
    'https://notlocalhost/',
    'https://localhost.example.com/',
  ])('lets %s through', (address) => {
    expect(closed.check(address)).toBeNull();
  });

  it.each(PRIVATE_ADDRESSES)('refuses one that is %s: %s', (_what, address) => {
    expect(closed.check(address)).toEqual(expect.any(String));
  });
});

it('refuses what is longer than any address before it looks at it', async () => {
  const toAddress = (length: number) => 'https://example.com/'.padEnd(length, 'x');
  const refused = 'must have at most 2000 characters';
  expect(closed.check(toAddress(2_000))).toBeNull();
  expect(closed.check(toAddress(2_001))).toBe(refused);
  expect(closed.check('x'.repeat(2_001))).toBe(refused);
  expect(await closed.checkResolved(toAddress(2_001))).toBe(refused);
});

describe('at a port that fetch refuses', () => {
  const opened = createAddressGuard({ privateHosts: ['127.0.0.1', 'mail.example.com'] });
  const toAddress = (port: number) => [`http://127.0.0.1:${port}/`, `https://mail.example.com:${port}/`];

  it.each([0, 1, 22, 25, 6_000, 6_667, 10_080])('refuses %i, whoever is named', async (port) => {
    for (const address of toAddress(port)) {
      expect(opened.check(address)).toBe(
        `is at port ${port}, which is not called: it is of another protocol`,
      );
      expect(await opened.checkResolved(address)).toContain('which is not called');
    }
  });

  it('refuses each that fetch itself would not call, and no other', async () => {
    const { badPorts } = createRequire(import.meta.url)('undici/lib/web/fetch/constants.js') as {
      badPorts: string[];
    };
    expect(badPorts.length).toBeGreaterThan(80);
    const known = new Set(['0', ...badPorts]);
    const refused = Array.from({ length: 65_536 }, (_, port) => String(port)).filter(
      (port) => opened.check(`http://127.0.0.1:${port}/`) !== null,
    );
    expect(new Set(refused)).toEqual(known);
    const called = fetch('http://127.0.0.1:6000/');
    await expect(called).rejects.toMatchObject({ cause: { message: 'bad port' } });
  });
});

describe('with private hosts', () => {
  const opened = (...privateHosts: string[]) => createAddressGuard({ privateHosts });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:11434/', 'http://127.0.0.2/'],
    ['127.0.0.1:11434', 'http://127.0.0.1:11434/', 'http://127.0.0.1:11435/'],
    ['127.0.0.1:80', 'http://127.0.0.1/', 'https://127.0.0.1/'],
    ['localhost', 'http://localhost:2/', 'http://127.0.0.1:2/'],
    ['LOCALHOST:11434', 'http://localhost.:11434/', 'http://localhost:11435/'],
    ['10.0.0.0/8', 'http://10.255.0.1/', 'http://11.0.0.1@10.0.0.1/'],
    ['10.0.0.0/30', 'http://[::ffff:10.0.0.3]/', 'http://10.0.0.4/'],
    ['fd00::/8', 'http://[fd12::1]/', 'http://[fc00::1]/'],
    ['::1', 'http://[::1]:8080/', 'http://127.0.0.1:8080/'],
    ['[::1]:8080', 'http://[::1]:8080/', 'http://[::1]:8081/'],
    ['169.254.0.0/16', 'http://169.254.169.254/', 'http://168.63.129.16/'],
    ['localhost:11434', 'http://localhost:11434/', 'http://api.localhost:11434/'],
    ['api.localhost', 'http://api.localhost/', 'http://localhost/'],
    ['10.0.0.7/32', 'http://10.0.0.7/', 'http://10.0.0.6/'],
  ])('%s opens %s and not %s', (entry, inside, outside) => {
    expect(opened(entry).check(inside)).toBeNull();
    expect(opened(entry).check(outside)).not.toBeNull();
  });
});

describe('of names', () => {
  const lookup = knows({
    'public.test': ['93.184.216.34', '2606:2800:220:1::1'],
    'private.test': ['10.0.0.7'],
    'both.test': ['93.184.216.34', '10.0.0.7'],
    'mapped.test': ['::ffff:127.0.0.1'],
  });
  const guard = (...privateHosts: string[]) => createAddressGuard({ privateHosts, lookup });

  it('refuses each that leads to a private address, if only among others', async () => {
    for (const name of ['private.test', 'both.test', 'mapped.test']) {
      expect(await guard().checkResolved(`https://${name}/`)).toContain('leads to a private address');
    }
    expect(await guard().checkResolved('https://public.test/')).toBeNull();
  });

  it('opens by the name, or by where it leads to', async () => {
    expect(await guard('private.test').checkResolved('https://private.test/')).toBeNull();
    expect(await guard('private.test:443').checkResolved('https://private.test/')).toBeNull();
    expect(await guard('private.test:80').checkResolved('https://private.test/')).not.toBeNull();
    expect(await guard('10.0.0.7').checkResolved('https://private.test/')).toBeNull();
    expect(await guard('10.0.0.8').checkResolved('https://private.test/')).not.toBeNull();
    for (const sibling of [
      'other.private.test',
      'test',
      'private.test.example',
      'rivate.test',
      'both.test',
    ]) {
      expect(await guard(sibling).checkResolved('https://private.test/')).not.toBeNull();
    }
  });

  it('leaves a name that nobody knows now to the call', async () => {
    expect(await guard().checkResolved('https://unknown.test/')).toBeNull();
  });
});
