import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMinuteLog } from './minute-log.ts';

it('counts what came within any minute, however long it goes on', () => {
  const log = createMinuteLog();
  for (let atMs = 0; atMs < 300_000; atMs += 100) {
    log.add(1, atMs);
    expect(log.count(atMs)).toBe(Math.min(600, atMs / 100 + 1));
  }
  expect(log.count(359_899)).toBe(1);
  expect(log.count(359_900)).toBe(0);
  expect(log.requestFitsAt(1, 359_900)).toBe(359_900);
});

it('keeps hold of a call whose tokens are known later, also once others before it are gone', () => {
  const log = createMinuteLog();
  for (let atMs = 0; atMs < 10; atMs += 1) log.add(10, atMs);
  const late = log.add(10, 30_000);
  expect(log.tokensFitAt(100, 95, 60_009)).toBe(90_000);
  late.tokens = 5;
  expect(log.tokensFitAt(100, 95, 60_009)).toBe(60_009);
});

it('gives the first moment at which a request or so many tokens fit', () => {
  const calls = fc.array(fc.record({ afterMs: fc.nat(40_000), tokens: fc.nat(50) }), { maxLength: 40 });
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 5 }), fc.nat(120), (made, limit, tokens) => {
      const log = createMinuteLog();
      const added: { atMs: number; tokens: number }[] = [];
      let nowMs = 0;
      for (const call of made) {
        nowMs += call.afterMs;
        log.add(call.tokens, nowMs);
        added.push({ atMs: nowMs, tokens: call.tokens });

        const left = (atMs: number) => added.filter((entry) => atMs - entry.atMs < 60_000);
        const used = (atMs: number) => left(atMs).reduce((sum, entry) => sum + entry.tokens, 0);
        const moments = [nowMs, ...added.map((entry) => entry.atMs + 60_000)].filter((at) => at >= nowMs);
        moments.sort((a, b) => a - b);
        expect(log.count(nowMs)).toBe(left(nowMs).length);
        expect(Math.max(nowMs, log.requestFitsAt(limit, nowMs))).toBe(
          moments.find((at) => left(at).length < limit),
        );
        expect(log.tokensFitAt(100, tokens, nowMs)).toBe(
          moments.find((at) => used(at) + Math.min(tokens, 100) <= 100),
        );
      }
    }),
  );
});
