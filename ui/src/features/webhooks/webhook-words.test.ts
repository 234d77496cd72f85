import type { Webhook } from '@understudy/shared/contracts/webhook';
import { describe, expect, it } from 'vitest';
import { toNewestError, toTestWords, toWebhookStatus } from './webhook-words.ts';

const AT = '2026-01-02T03:04:05.000Z';
const standing = (part: Partial<Webhook>) =>
  toWebhookStatus({ enabled: true, disabled: null, failingSince: null, ...part } as Webhook);
const tried = (httpStatus: number | null, error: string | null = null) => [
  { at: AT, httpStatus, durationMs: 12, error },
];

describe('how an endpoint stands', () => {
  it('tells one that a person switched off from one that the service did, with its reason', () => {
    expect(standing({ enabled: false })).toMatchObject({ tone: 'neutral', title: 'off', detail: '' });
    const disabled = { at: AT, reason: 'it failed for five days' };
    expect(standing({ enabled: false, disabled })).toMatchObject({
      tone: 'bad',
      detail: 'It failed for five days.',
    });
  });

  it('forgets why it was switched off once it is on again, and warns while it fails', () => {
    expect(standing({ disabled: { at: AT, reason: 'it said 410' } }).title).toBe('on');
    expect(standing({ failingSince: AT })).toMatchObject({ tone: 'warn', title: 'failing' });
  });
});

describe('why deliveries fail', () => {
  it('is what the newest try that failed says, of whichever delivery', () => {
    const at = (second: number, httpStatus: number | null, error: string | null) => ({
      at: `2026-01-02T03:04:0${second}.000Z`,
      httpStatus,
      durationMs: 1,
      error,
    });
    const older = {
      tries: [at(1, null, 'the connection was refused'), at(5, 503, 'the receiver answered 503')],
    };
    const newer = { tries: [at(3, null, 'no answer'), at(7, 204, null)] };
    expect(toNewestError([newer, older])).toBe('The receiver answered 503.');
    expect(toNewestError([newer])).toBe('No answer.');
    expect(toNewestError([{ tries: [] }])).toBeNull();
  });
});

describe('what came of a test', () => {
  it('names the status and the time', () => {
    expect(toTestWords({ state: 'delivered', tries: tried(204) }).title).toBe(
      'It arrived: HTTP 204 in 12 ms.',
    );
  });

  it('says of a refusal where to look', () => {
    const words = toTestWords({ state: 'failed', tries: tried(403) });
    expect(words.title).toContain('It was refused: HTTP 403 in 12 ms.');
    expect(words.detail).toContain('secret');
  });

  it('says of an address that nobody answers at what happened', () => {
    const words = toTestWords({ state: 'failed', tries: tried(null, 'the connection was refused') });
    expect(words.title).toBe('It did not arrive.');
    expect(words.detail).toMatch(/^The connection was refused\. Check the address/);
  });

  it('does not call it failed while nothing was tried', () => {
    expect(toTestWords({ state: 'pending', tries: [] }).tone).toBe('warn');
  });
});
