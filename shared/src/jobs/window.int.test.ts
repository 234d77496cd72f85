import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createRedisBed, type RedisBed } from '../testing/test-bed.ts';
import { createWindow, type Grant, type Window } from './window.ts';

let bed: RedisBed;
let window: Window;
let now = 1_790_000_000_000;
let windows = 0;
beforeAll(async () => {
  bed = await createRedisBed();
});
beforeEach(() => {
  windows += 1;
  window = createWindow(bed.redis, `${bed.prefix}:${windows}`, () => now);
});
afterAll(() => bed.close());

const grant = (overrides: Partial<Grant> = {}) =>
  window.grant({ epoch: 'e1', all: 10, any: 10, named: new Map(), waitingClients: [], ...overrides });
const take = (client = 'a', providers: string[] | null = null) => window.takeTicket({ client, providers });

it('gives no ticket that was not granted', async () => {
  expect(await take()).toBeNull();
});

it('gives as many tickets as were granted, however many ask at once', async () => {
  await grant({ all: 5, any: 3 });
  const tickets = await Promise.all(Array.from({ length: 8 }, (_, index) => take(`client-${index}`)));
  expect(tickets.filter((ticket) => ticket === 'e1')).toHaveLength(3);
});

it('gives those who name a provider what is granted for it, in any case', async () => {
  await grant({ any: 0, named: new Map([['spare', 1]]) });
  expect(await take('a', ['other'])).toBeNull();
  expect(await take('b', ['other', 'Spare'])).toBe('e1');
  expect(await take('c', ['spare'])).toBeNull();
});

it('gives no more in all than was granted in all', async () => {
  await grant({
    all: 1,
    any: 0,
    named: new Map([
      ['main', 1],
      ['spare', 1],
    ]),
  });
  expect(await take('a', ['main'])).toBe('e1');
  expect(await take('b', ['spare'])).toBeNull();
});

it('gives tickets for half a second, so that a dead feeder grants nothing', async () => {
  await grant();
  now += 499;
  expect(await take('a')).toBe('e1');
  now += 1;
  expect(await take('b')).toBeNull();
});

it('gives none to a client that has jobs waiting', async () => {
  await grant({ waitingClients: ['a'] });
  expect(await take('a')).toBeNull();
  expect(await take('b')).toBe('e1');
});

it('has a client that found no ticket wait until the feeder can see its job in the ledger', async () => {
  await grant({ all: 0 });
  expect(await take('a')).toBeNull();
  now += 100;
  await grant();
  expect(await take('a')).toBeNull();
  expect(await take('b')).toBe('e1');
  now += 100;
  await grant();
  expect(await take('a')).toBe('e1');
});

it('holds no client in line for longer where the clock of Redis is set back', async () => {
  await grant({ all: 0, waitingClients: ['a'] });
  expect(await take('b')).toBeNull();
  now -= 3_600_000;
  await grant();
  expect([await take('a'), await take('b')]).toEqual(['e1', 'e1']);
});

it('tells the feeder how many tickets were taken', async () => {
  expect(await grant()).toBe(0);
  await take('a');
  await take('b');
  expect(await grant()).toBe(2);
  expect(await grant()).toBe(0);
});
