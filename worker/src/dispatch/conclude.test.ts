import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '@understudy/shared/contracts/fault';
import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import { toFault } from '../testing/fake-adapter.ts';
import { conclude, judge, type CandidateEnd } from './conclude.ts';

const faulted = (kind: FaultKind): CandidateEnd => ({ kind: 'faulted', fault: toFault(kind), untilAt: null });
const over = (reason: PassedOverReason): CandidateEnd => ({ kind: 'passed_over', reason, untilAt: null });
const untried: CandidateEnd = { kind: 'untried' };
const defect: CandidateEnd = { kind: 'defect' };

describe('judging the latest end', () => {
  it('ends the job at refused content, unless that fails over', () => {
    const latest = faulted('content_filter');
    expect(judge([latest], latest, false)).toMatchObject({ code: 'content_filtered' });
    expect(judge([latest], latest, true)).toBeNull();
  });

  it('ends the job at the second bad request, not at another fault between', () => {
    const bad = faulted('bad_request');
    expect(judge([bad], bad, false)).toBeNull();
    const other = faulted('network');
    expect(judge([bad, other], other, false)).toBeNull();
    expect(judge([bad, other, bad], bad, false)).toMatchObject({ code: 'rejected_by_provider' });
  });

  it.each(FAULT_KINDS.filter((kind) => kind !== 'content_filter'))('goes on after a first %s', (kind) => {
    expect(judge([faulted(kind)], faulted(kind), false)).toBeNull();
  });
});

describe('when nobody answered', () => {
  it('fails what every provider turned down, by its content first', () => {
    const error = (ends: CandidateEnd[]) => conclude(ends);
    expect(error([faulted('bad_request')])).toMatchObject({ error: { code: 'rejected_by_provider' } });
    expect(error([faulted('context_length'), over('context_window')])).toMatchObject({
      error: { code: 'rejected_by_provider' },
    });
    expect(error([faulted('content_filter'), faulted('bad_request')])).toMatchObject({
      error: { code: 'content_filtered' },
    });
  });

  it('keeps a job that another provider may still answer', () => {
    for (const other of [over('circuit_open'), faulted('network'), untried, over('cooldown')]) {
      expect(conclude([faulted('bad_request'), other])).toMatchObject({ kind: 'nobody_left' });
    }
  });

  it('lets local step in for failures and open circuits only', () => {
    const down: CandidateEnd[] = [faulted('silent'), over('circuit_open'), over('flagged'), faulted('quota')];
    expect(conclude(down)).toMatchObject({ reason: 'no_provider_available', mayDegrade: true });
    const limits: CandidateEnd[] = [
      ...(['cooldown', 'rate_limit', 'tokens', 'concurrency', 'budget'] as const).map(over),
      faulted('rate_limited'),
      untried,
    ];
    for (const limit of limits) expect(conclude([...down, limit])).toMatchObject({ mayDegrade: false });
  });

  it('lets local not step in where nobody was there to fail', () => {
    expect(conclude([])).toMatchObject({ kind: 'nobody_left', mayDegrade: false });
  });

  it('names the limit where nothing but limits held the job', () => {
    expect(conclude([over('cooldown'), faulted('rate_limited')])).toMatchObject({ reason: 'rate_limited' });
    expect(conclude([over('budget')])).toMatchObject({ reason: 'budget_exhausted' });
    expect(conclude([over('budget'), over('tokens')])).toMatchObject({ reason: 'rate_limited' });
    expect(conclude([over('cooldown'), faulted('network')])).toMatchObject({
      reason: 'no_provider_available',
    });
  });

  it('tells limits that an operator set from a vendor that asks for less', () => {
    const own = (['rate_limit', 'tokens', 'concurrency', 'budget'] as const).map(over);
    for (const end of own) expect(conclude([end])).toMatchObject({ byLimit: true });
    expect(conclude(own)).toMatchObject({ byLimit: true });
    for (const end of [over('cooldown'), faulted('rate_limited'), over('circuit_open')]) {
      expect(conclude([end])).toMatchObject({ byLimit: false });
      expect(conclude([...own, end])).toMatchObject({ byLimit: false });
    }
  });

  it('fails a job that only met defects of ours', () => {
    expect(conclude([defect])).toMatchObject({ error: { code: 'internal_error' } });
    expect(conclude([defect, faulted('network')])).toMatchObject({ kind: 'nobody_left' });
  });
});
