import { describe, expect, it } from 'vitest';
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

  it.each([
    ['loopback', 'http://127.0.0.1/'],
    ['all of loopback', 'http://127.8.9.10:9000/'],
    ['decimal', 'http://2130706433/'],
    ['hex', 'http://0x7f000001/'],
    ['hex by parts', 'http://0x7f.0x0.0x0.0x1/'],
    ['octal', 'http://0177.0.0.1/'],
    ['short', 'http://127.1/'],
    ['shortest', 'http://0/'],
    ['with the root’s dot', 'http://127.0.0.1./'],
    ['in other digits', 'http://①②⑦.⓪.⓪.①/'],
    ['unspecified', 'http://0.0.0.0/'],
    ['private 10', 'http://10.1.2.3/'],
    ['private 172', 'http://172.31.255.255/'],
    ['private 192', 'http://192.168.0.1/'],
    ['of a cloud’s metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['carrier-grade NAT', 'http://100.64.0.1/'],
    ['benchmarking', 'http://198.18.0.1/'],
    ['documentation', 'http://203.0.113.7/'],
    ['multicast', 'http://224.0.0.1/'],
    ['reserved', 'http://240.0.0.1/'],
    ['broadcast', 'http://255.255.255.255/'],
    ['loopback v6', 'http://[::1]/'],
    ['unspecified v6', 'http://[::]/'],
    ['mapped', 'http://[::ffff:127.0.0.1]/'],
    ['mapped, in hex', 'http://[::ffff:a9fe:a9fe]/'],
    ['compatible', 'http://[::127.0.0.1]/'],
    ['translated', 'http://[::ffff:0:127.0.0.1]/'],
    ['unique local', 'http://[fd00::1]/'],
    ['link-local', 'http://[fe80::1]/'],
    ['site-local', 'http://[fec0::1]/'],
    ['multicast v6', 'http://[ff02::1]/'],
    ['NAT64 of a private one', 'http://[64:ff9b::7f00:1]/'],
    ['NAT64 of this network', 'http://[64:ff9b:1::5db8:d822]/'],
    ['6to4 of a private one', 'http://[2002:7f00:1::]/'],
    ['Teredo', 'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/'],
    ['ISATAP', 'http://[2606:2800::5efe:127.0.0.1]/'],
    ['documentation v6', 'http://[2001:db8::1]/'],
    ['this machine by name', 'http://localhost/'],
    ['the same in capitals', 'http://LocalHost:3000/'],
    ['the same, encoded', 'http://%6c%6f%63alhost/'],
    ['the same with the root’s dot', 'http://localhost./'],
    ['below it', 'http://api.localhost/'],
    ['with a user', 'https://user@example.com/'],
    ['with a password', 'https://:secret@example.com/'],
    ['with a zone', 'http://[fe80::1%25eth0]/'],
    ['no http', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['no address at all', 'example.com'],
    ['nothing', ''],
  ])('refuses one that is %s: %s', (_what, address) => {
    expect(closed.check(address)).toEqual(expect.any(String));
  });
});

describe('with private hosts', () => {
  const opened = (...privateHosts: string[]) => createAddressGuard({ privateHosts });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:11434/', 'http://127.0.0.2/'],
    ['127.0.0.1:11434', 'http://127.0.0.1:11434/', 'http://127.0.0.1:11435/'],
    ['127.0.0.1:80', 'http://127.0.0.1/', 'https://127.0.0.1/'],
    ['localhost', 'http://localhost:1/', 'http://127.0.0.1:1/'],
    ['LOCALHOST:11434', 'http://localhost.:11434/', 'http://localhost:11435/'],
    ['10.0.0.0/8', 'http://10.255.0.1/', 'http://11.0.0.1@10.0.0.1/'],
    ['10.0.0.0/30', 'http://[::ffff:10.0.0.3]/', 'http://10.0.0.4/'],
    ['fd00::/8', 'http://[fd12::1]/', 'http://[fc00::1]/'],
    ['::1', 'http://[::1]:8080/', 'http://127.0.0.1:8080/'],
    ['[::1]:8080', 'http://[::1]:8080/', 'http://[::1]:8081/'],
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
  });

  it('leaves a name that nobody knows now to the call', async () => {
    expect(await guard().checkResolved('https://unknown.test/')).toBeNull();
  });
});
