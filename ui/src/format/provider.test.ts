import type { Provider } from '@understudy/shared/contracts/provider';
import { describe, expect, it } from 'vitest';
import { toStanding, toStatusRemarks } from './provider.ts';

const now = new Date('2026-03-01T12:00:00Z');
const provider = (status: Partial<Provider['status']>) =>
  ({
    status: { health: 'healthy', circuit: 'closed', cooldownUntil: null, flagged: null, ...status },
  }) as Provider;

describe('toStatusRemarks', () => {
  it('has nothing to say of a provider in normal service', () => {
    expect(toStatusRemarks(provider({}), now)).toEqual([]);
  });

  it('names every reason, the one that needs an operator first', () => {
    const remarks = toStatusRemarks(
      provider({ circuit: 'open', flagged: 'quota', cooldownUntil: '2026-03-01T12:00:30.000Z' }),
      now,
    );
    expect(remarks.map((remark) => remark.tone)).toEqual(['bad', 'bad', 'warn']);
    expect(remarks[0]?.text).toContain('no credit');
  });

  it('forgets a cooldown that is over', () => {
    expect(toStatusRemarks(provider({ cooldownUntil: '2026-03-01T11:59:59.000Z' }), now)).toEqual([]);
  });
});

describe('toStanding', () => {
  const of = (status: Partial<Provider['status']>, errorMessage: string | null = null) =>
    toStanding(provider(status).status, errorMessage, now);

  it('is the health of a provider in normal service', () => {
    expect(of({})).toEqual({ tone: 'ok', word: 'healthy' });
    expect(of({ cooldownUntil: '2026-03-01T11:59:59.000Z' })).toEqual({ tone: 'ok', word: 'healthy' });
    expect(of({ health: 'unknown' })).toEqual({ tone: 'neutral', word: 'unknown' });
  });

  it.each([
    ['whose circuit is open', { circuit: 'open' }, null, 'failing'],
    ['whose circuit is half-open', { circuit: 'half-open' }, null, 'failing'],
    ['whose circuit is closing', { circuit: 'ramping' }, null, 'recovering'],
    ['that cools down', { cooldownUntil: '2026-03-01T12:00:01.000Z' }, null, 'cooling down'],
    ['whose latest check failed', {}, 'HTTP 500', 'failing'],
    ['that is flagged', { flagged: 'quota', circuit: 'open' }, 'HTTP 402', 'set aside'],
  ] as const)('calls one healthy no more %s', (_, status, errorMessage, word) => {
    expect(of(status, errorMessage)).toEqual({ tone: 'warn', word });
  });

  it('says the worse of what its checks found over several in a row', () => {
    expect(of({ health: 'down', circuit: 'open' }, 'HTTP 500')).toEqual({ tone: 'bad', word: 'down' });
    expect(of({ health: 'degraded', circuit: 'open' })).toEqual({ tone: 'warn', word: 'degraded' });
  });
});
