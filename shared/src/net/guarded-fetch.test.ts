import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PRIVATE_ADDRESSES } from '../testing/private-addresses.ts';
import { eventually } from '../testing/eventually.ts';
import { createAddressGuard, type Lookup } from './address-guard.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { PrivateAddressError } from './private-address-error.ts';

let server: Server;
let port: number;
let connections: number;
const agents: ReturnType<typeof createGuardedAgent>[] = [];

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => {
    if (request.url === '/hang') return;
    const location = request.headers['x-location'];
    if (location !== undefined) return void response.writeHead(302, { location: String(location) }).end();
    response.end(request.headers['x-given'] ?? 'hello');
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(privateHosts: string[], lookup?: Lookup) {
  const guard = createAddressGuard({ privateHosts, ...(lookup ? { lookup } : {}) });
  const agent = createGuardedAgent(guard);
  agents.push(agent);
  return { guard, fetch: createGuardedFetch(agent) };
}
/** A name server that gives these one after the other, the last one for ever. */
const answers =
  (...addresses: string[]): Lookup =>
  (_hostname, _options, callback) =>
    callback(null, [{ address: (addresses.length > 1 ? addresses.shift() : addresses[0]) ?? '', family: 4 }]);
const causeOf = (call: Promise<unknown>) => call.catch((error: Error) => error.cause);

it('calls what is named, by address and by name, and uses the connection again', async () => {
  const { fetch } = open(['127.0.0.1', 'named.test'], answers('127.0.0.1'));
  for (const host of ['127.0.0.1', 'named.test']) {
    for (let call = 0; call < 10; call += 1) {
      const headers = new Headers({ 'x-given': host });
      const response = await fetch(`http://${host}:${port}/`, { headers });
      expect(await response.text()).toBe(host);
    }
  }
  // Of each host one, and perhaps a second that was opened before the first was free again.
  expect(connections).toBeLessThanOrEqual(4);
});

it.each(['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', 'localhost'])(
  'never connects to %s where nobody named it',
  async (host) => {
    const { fetch } = open([]);
    expect(await causeOf(fetch(`http://${host}:${port}/`))).toBeInstanceOf(PrivateAddressError);
    expect(connections).toBe(0);
  },
);

// `fetch` answers a data address by itself.
it.each(PRIVATE_ADDRESSES.filter(([what]) => what !== 'data'))(
  'never connects to one that is %s: %s',
  async (_what, address) => {
    const { fetch } = open([]);
    const url = URL.parse(address);
    // At our own port, so that a connection would be noticed.
    if (url?.host) url.port = String(port);
    await expect(fetch(url?.href ?? address)).rejects.toThrow(TypeError);
    expect(connections).toBe(0);
  },
);

it('follows nobody from a public address to a private one', async () => {
  const { fetch } = open(['public.test'], answers('127.0.0.1'));
  const target = createServer((_, response) => void response.end('secret'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
  const asked = fetch(`http://public.test:${port}/`, { headers: { 'x-location': location } });
  expect(await causeOf(asked)).toBeInstanceOf(PrivateAddressError);
  await new Promise((resolve) => target.close(resolve));
});

it('never connects where a name leads to a private address only when it is called', async () => {
  const { guard, fetch } = open([], answers('93.184.216.34', '127.0.0.1'));
  const address = `http://rebinding.test:${port}/`;
  expect(await guard.checkResolved(address)).toBeNull();
  expect(await causeOf(fetch(address))).toBeInstanceOf(PrivateAddressError);
  expect(connections).toBe(0);
});

it('says that a name cannot be resolved as it is', async () => {
  const { fetch } = open([], (_hostname, _options, callback) =>
    callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []),
  );
  expect(await causeOf(fetch('http://unknown.test/'))).toMatchObject({ code: 'ENOTFOUND' });
});

it('hangs up when the call is aborted', async () => {
  const { fetch } = open(['127.0.0.1']);
  const control = new AbortController();
  const call = fetch(`http://127.0.0.1:${port}/hang`, { signal: control.signal });
  await new Promise((resolve) => server.once('request', resolve));
  control.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  const count = promisify(server.getConnections.bind(server));
  await eventually(async () => (await count()) === 0);
});
