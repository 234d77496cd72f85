import { expect, it } from 'vitest';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createFakeClock } from '../testing/fake-clock.ts';
import { noteFault, noteNobodyLeft, noteTry, type LastTry } from './failovers.ts';

function setup() {
  const recorded: FailoverDocument[] = [];
  const clock = createFakeClock();
  const deps = { clock, failovers: { record: (failover: FailoverDocument) => void recorded.push(failover) } };
  const pass: { job: ReturnType<typeof buildJob>; lastTry: LastTry | null } = {
    job: buildJob({ client: 'shop' }),
    lastTry: null,
  };
  return {
    recorded,
    clock,
    pass,
    tries: (name: string) =>
      noteTry(deps, pass, { id: `prv_${name}`, name, type: 'openai', model: 'm' }, clock.monotonic()),
    fails: (fault: NonNullable<LastTry['fault']>) => noteFault(pass, fault),
    leavesNobody: () => noteNobodyLeft(deps, pass),
    inShort: () =>
      recorded.map(({ from, to, fault, switchMs }) => [from.name, to?.name ?? null, fault, switchMs]),
  };
}

it('is one switch from the start of the first try to the start of the next, however often was retried', () => {
  const { tries, fails, clock, inShort } = setup();
  tries('a');
  clock.advance(300);
  tries('a');
  clock.advance(700.4);
  fails('overloaded');
  clock.advance(20);
  tries('b');
  expect(inShort()).toEqual([['a', 'b', 'overloaded', 1_020]]);
});

it('is one switch after the other, the last one to nobody', () => {
  const { tries, fails, leavesNobody, clock, inShort } = setup();
  tries('a');
  fails('silent');
  clock.advance(10);
  tries('b');
  fails('network');
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
  fails('timeout');
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
