import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { chooseMetricsPorts } from './choose-metrics-ports.ts';
import { choosePort } from './choose-port.ts';
import { freePort } from './free-port.ts';
import { StartError } from '../errors.ts';

const HOST = '127.0.0.1';
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A port that another program has. */
async function take(): Promise<number> {
  const server = createServer().listen(0, HOST);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('takes any ports, each once, where the API has any', async () => {
  const ports = await chooseMetricsPorts({ HOST, PORT: 0 }, { count: 20, apiPort: await freePort() });
  expect(new Set(ports).size).toBe(20);
  expect(ports.every((port) => port > 1_024)).toBe(true);
});

test('takes those from METRICS_PORT on, and says so where one is taken', async () => {
  const taken = await take();
  const METRICS_PORT = taken - 1;
  await expect(
    chooseMetricsPorts({ HOST, PORT: 3_000, METRICS_PORT }, { count: 2, apiPort: 3_000 }),
  ).rejects.toThrow(
    `Port ${taken} of ${HOST} is taken by another program; 2 ports from METRICS_PORT=${taken - 1} on are needed.`,
  );
  await expect(
    chooseMetricsPorts({ HOST, PORT: 0, METRICS_PORT }, { count: 1, apiPort: 3_000 }),
  ).resolves.toEqual([taken - 1]);
});

test.for([9_464, 9_465])('leaves out the port of the API, %i', async (PORT) => {
  const ports = await chooseMetricsPorts({ HOST, PORT }, { count: 2, apiPort: PORT });
  expect(new Set(ports).size).toBe(2);
  expect(ports).not.toContain(PORT);
});

test.for([
  {
    what: 'the port of the API',
    METRICS_PORT: 32_999,
    said: 'Port 33000 is the API’s own; 2 ports from METRICS_PORT=32999 on are needed.',
  },
  {
    what: 'a port beyond the last',
    METRICS_PORT: 65_535,
    said: 'There is no port 65536; 2 ports from METRICS_PORT=65535 on are needed.',
  },
])('refuses $what', async ({ METRICS_PORT, said }) => {
  const asked = chooseMetricsPorts({ HOST, PORT: 33_000, METRICS_PORT }, { count: 2, apiPort: 33_000 });
  await expect(asked).rejects.toThrow(new StartError(said));
});

test('says where this machine cannot listen, for every kind of port alike', async () => {
  const elsewhere = { HOST: '192.0.2.1', PORT: 33_000, METRICS_PORT: 33_001 };
  const said = (port: number, variable: string) =>
    new RegExp(
      `^This machine cannot listen at 192\\.0\\.2\\.1, port ${port}: .*EADDRNOTAVAIL.* See HOST and ${variable}\\.$`,
    );
  await expect(choosePort(elsewhere)).rejects.toThrow(said(33_000, 'PORT'));
  await expect(chooseMetricsPorts(elsewhere, { count: 1, apiPort: 33_000 })).rejects.toThrow(
    said(33_001, 'METRICS_PORT'),
  );
});

test('refuses ports that no browser would call', async () => {
  const said = (variable: string) =>
    new StartError(
      `Browsers refuse port 6000, which is another protocol’s. Choose another one with ${variable}.`,
    );
  await expect(choosePort({ HOST, PORT: 6_000 })).rejects.toThrow(said('PORT'));
  const asked = chooseMetricsPorts({ HOST, PORT: 3_000, METRICS_PORT: 5_999 }, { count: 2, apiPort: 3_000 });
  await expect(asked).rejects.toThrow(said('METRICS_PORT'));
});
