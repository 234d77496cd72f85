import type { Provider } from '@understudy/shared/contracts/provider';
import { describe, expect, it } from 'vitest';
import { toStatusRemarks } from './provider.ts';

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
