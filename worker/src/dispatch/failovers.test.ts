import { expect, it } from 'vitest';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createFakeClock } from '../testing/fake-clock.ts';
import { noteFault, noteNobodyLeft, noteTry } from './failovers.ts';
import type { Try } from './pass.ts';

function setup() {
  const recorded: FailoverDocument[] = [];
  const clock = createFakeClock();
  const deps = { clock, failovers: { record: (failover: FailoverDocument) => void recorded.push(failover) } };
  const tried: Try[] = [];
  const pass = { job: buildJob({ client: 'shop' }), tries: tried, isDrill: false };
  const toReference = (name: string) => ({ id: `prv_${name}`, name, type: 'openai' as const, model: 'm' });
  return {
    recorded,
    clock,
    pass,
    tries: (name: string, hedge = false) =>
      noteTry(deps, pass, { provider: toReference(name), startedMs: clock.monotonic(), hedge }),
    fails: (name: string, fault: NonNullable<Try['fault']>) => noteFault(deps, pass, `prv_${name}`, fault),
    leavesNobody: () => noteNobodyLeft(deps, pass),
    inShort: () =>
      recorded.map(({ from, to, fault, switchMs, hedge }) => [
        from.name,
        to?.name ?? null,
        fault,
        switchMs,
        ...(hedge ? ['hedge'] : []),
      ]),
  };
}

it('is one switch from the start of the first try to the start of the next, however often was retried', () => {
  const { tries, fails, clock, inShort } = setup();
  tries('a');
  clock.advance(300);
  tries('a');
  clock.advance(700.4);
  fails('a', 'overloaded');
  clock.advance(20);
  tries('b');
  expect(inShort()).toEqual([['a', 'b', 'overloaded', 1_020]]);
});

it('is one switch after the other, the last one to nobody', () => {
  const { tries, fails, leavesNobody, clock, inShort } = setup();
  tries('a');
  fails('a', 'silent');
  clock.advance(10);
  tries('b');
  fails('b', 'network');
  clock.advance(5);
  leavesNobody();
  expect(inShort()).toEqual([
    ['a', 'b', 'silent', 10],
    ['b', null, 'network', 5],
  ]);
});

it('is none where nobody failed', () => {
  const { tries, leavesNobody, recorded } = setup();
  leavesNobody();
  tries('a');
  leavesNobody();
  tries('b');
  expect(recorded).toEqual([]);
});

it('says whose job it was, and when', () => {
  const { tries, fails, recorded, clock, pass } = setup();
  tries('a');
  fails('a', 'timeout');
  tries('b');
  expect(recorded).toEqual([
    {
      _id: expect.stringMatching(/^fov_/),
      at: new Date(clock.now()),
      jobId: pass.job._id,
      client: 'shop',
      from: { id: 'prv_a', name: 'a', type: 'openai', model: 'm' },
      to: { id: 'prv_b', name: 'b', type: 'openai', model: 'm' },
      fault: 'timeout',
      switchMs: 0,
      hedge: false,
      drill: false,
    },
  ]);
});

it('is a hedged switch once the one that was late has failed too, and none where it answered', () => {
  const { tries, fails, clock, inShort, recorded } = setup();
  tries('a');
  clock.advance(2_500);
  tries('b', true);
  expect(recorded).toEqual([]);
  clock.advance(400);
  fails('a', 'silent');
  expect(inShort()).toEqual([['a', 'b', 'silent', 2_500, 'hedge']]);
});

it('is a switch on from a hedge that failed, though the first one goes on', () => {
  const { tries, fails, clock, inShort } = setup();
  tries('a');
  clock.advance(1_000);
  tries('b', true);
  clock.advance(30);
  fails('b', 'network');
  tries('c', true);
  fails('a', 'timeout');
  expect(inShort()).toEqual([
    ['b', 'c', 'network', 30, 'hedge'],
    ['a', 'b', 'timeout', 1_000, 'hedge'],
  ]);
});
