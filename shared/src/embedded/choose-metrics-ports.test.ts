import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { chooseMetricsPorts } from './choose-metrics-ports.ts';

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
  const ports = await chooseMetricsPorts({ HOST, PORT: 0 }, 20);
  expect(new Set(ports).size).toBe(20);
  expect(ports.every((port) => port > 1_024)).toBe(true);
});

test('takes those from METRICS_PORT on, and says so where one is taken', async () => {
  const taken = await take();
  await expect(chooseMetricsPorts({ HOST, PORT: 3_000, METRICS_PORT: taken - 1 }, 2)).rejects.toThrow(
    `Port ${taken} of ${HOST} is taken by another program; 2 ports from METRICS_PORT=${taken - 1} on are needed.`,
  );
  await expect(chooseMetricsPorts({ HOST, PORT: 0, METRICS_PORT: taken - 1 }, 1)).resolves.toEqual([
    taken - 1,
  ]);
});
