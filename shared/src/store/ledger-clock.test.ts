import { EventEmitter } from 'node:events';
import type { Connection } from 'mongoose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLedgerClock } from './ledger-clock.ts';

const START = Date.UTC(2026, 10, 27);
const HOUR = 3_600_000;

/** Time of this machine and of its process, which a test moves. */
let own: number;
let monotonic: number;
const driver = new EventEmitter();
const clock = () => createLedgerClock({ getClient: () => driver } as unknown as Connection);
const hear = (atMs: number, { server = 'a:1', isWritablePrimary = true, duration = 2 } = {}) =>
  driver.emit('serverHeartbeatSucceeded', {
    connectionId: server,
    duration,
    reply: { isWritablePrimary, localTime: new Date(atMs) },
  });
const pass = (ms: number) => {
  own += ms;
  monotonic += ms;
};

beforeEach(() => {
  own = START;
  monotonic = 5_000;
  vi.spyOn(Date, 'now').mockImplementation(() => own);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
});
afterEach(() => {
  vi.restoreAllMocks();
  driver.removeAllListeners();
});

it('is this machine’s own until it has heard the ledger’s, and while they agree', () => {
  const { now } = clock();
  expect(now()).toBe(START);
  hear(START + 999);
  expect(now()).toBe(START);
});

it('is this machine’s own after it slept, which stops the clock of its process', () => {
  const { now } = clock();
  hear(START);
  own += HOUR;
  expect(now()).toBe(START + HOUR);
  hear(START + HOUR);
  expect(now()).toBe(START + HOUR);
});

it.each([HOUR, -HOUR])('is the ledger’s where this machine’s is off by %s ms, and goes on with it', (off) => {
  const { now } = clock();
  own += off;
  hear(START);
  pass(10_000);
  expect(now()).toBe(START + 10_000);
  own += off;
  expect(now()).toBe(START + 10_000);
});

it('is not set back by what it hears late, unless all of it comes late', () => {
  const { now } = clock();
  own += HOUR;
  hear(START);
  pass(30_000);
  hear(START + 1_000);
  expect(now()).toBe(START + 30_000);
  for (let beat = 0; beat < 16; beat += 1) hear(START + 1_000);
  expect(now()).toBe(START + 1_000);
});

it('takes nobody’s word for it that may have come late, unless it is said thrice', () => {
  const { now } = clock();
  pass(1_500);
  hear(START, { duration: 1_500 });
  hear(START, { duration: 1_500 });
  expect(now()).toBe(START + 1_500);
  hear(START, { duration: 1_500 });
  expect(now()).toBe(START);
});

it('goes by the server that takes writes, and begins anew with another one', () => {
  const { now } = clock();
  own += HOUR;
  hear(START);
  hear(START + 60_000, { server: 'b:1', isWritablePrimary: false });
  expect(now()).toBe(START);
  hear(START - 60_000, { server: 'b:1' });
  expect(now()).toBe(START - 60_000);
});
