import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Lookup } from './address-guard.ts';
import { createUntrustedLookup } from './untrusted-lookup.ts';

/** What the system was asked for and has not answered yet, by name. */
let asked: Map<string, Parameters<Lookup>[2]>;
const lookup: Lookup = (hostname, _how, callback) => void asked.set(hostname, callback);
const of = (address: string): LookupAddress[] => [{ address, family: 4 }];
const systemSays = (hostname: string, address: string) => asked.get(hostname)?.(null, of(address));
/** What name servers say; nothing ever where it is not here. */
const answers: Record<string, { addresses: LookupAddress[]; isComplete: boolean }> = {
  'good.test': { addresses: of('192.0.2.1'), isComplete: true },
  'other.test': { addresses: of('192.0.2.2'), isComplete: true },
  'only-here.test': { addresses: [], isComplete: true },
  'half.test': { addresses: of('192.0.2.3'), isComplete: false },
  'silent.test': { addresses: [], isComplete: false },
};

function open(privateHosts: string[] = []) {
  const ask = async (hostname: string) => answers[hostname] ?? (await new Promise<never>(() => {}));
  const find = createUntrustedLookup({ privateHosts, lookup, ask });
  return (hostname: string) =>
    new Promise<string>((resolve) => {
      find(hostname, { all: true }, (error, found) => resolve(error?.code ?? found[0]?.address ?? 'nowhere'));
    });
}
const turn = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  asked = new Map();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

it('gives what the system knows of a name that name servers answer for, if only that there is none', async () => {
  const find = open();
  for (const name of ['good.test', 'only-here.test']) {
    const found = find(name);
    await turn();
    systemSays(name, '198.51.100.7');
    expect(await found).toBe('198.51.100.7');
  }
});

it('keeps a name that nobody answers for from the system, and others not from their turn', async () => {
  const find = open();
  expect(await find('silent.test')).toBe('EAI_AGAIN');
  for (let name = 0; name < 32; name += 1) void find(`${name}.dead.test`);
  const found = find('good.test');
  await turn();
  systemSays('good.test', '198.51.100.7');
  expect(await found).toBe('198.51.100.7');
  expect([...asked.keys()]).toEqual(['good.test']);
});

it('asks the system for one name at a time, and for each but once', async () => {
  const find = open();
  const found = ['good.test', 'other.test', 'good.test'].map(find);
  await turn();
  expect([...asked.keys()]).toEqual(['good.test']);
  systemSays('good.test', '198.51.100.7');
  await turn();
  systemSays('other.test', '198.51.100.8');
  expect(await Promise.all(found)).toEqual(['198.51.100.7', '198.51.100.8', '198.51.100.7']);
});

it('takes what name servers said where the turn is late, and skips whom nobody waits for any more', async () => {
  const find = open();
  const found = ['only-here.test', 'good.test', 'other.test'].map(find);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await Promise.all(found)).toEqual(['EAI_AGAIN', '192.0.2.1', '192.0.2.2']);
  const next = find('good.test');
  systemSays('only-here.test', '198.51.100.7');
  await turn();
  expect([...asked.keys()]).toEqual(['only-here.test', 'good.test']);
  systemSays('good.test', '198.51.100.8');
  expect(await next).toBe('198.51.100.8');
});

it('asks the system nothing where half of the questions stays open', async () => {
  expect(await open()('half.test')).toBe('192.0.2.3');
  expect(asked.size).toBe(0);
});

it('asks no name server for what the operator named', async () => {
  const find = open(['named.test:8080', '10.0.0.0/8']);
  // Whoever has the turn of all others holds up none of these.
  void find('good.test');
  await turn();
  const found = find('named.test');
  await turn();
  systemSays('named.test', '10.0.0.7');
  expect(await found).toBe('10.0.0.7');
});
