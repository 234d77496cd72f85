import { expect, it } from 'vitest';
import { providerInput } from '@understudy/shared/contracts/provider';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { toNewDocument, toNextDocument, toReset } from './to-document.ts';

const keyRing = createKeyRing([{ version: 1, key: Buffer.alloc(32) }]);
const CREATED = new Date('2026-01-01T00:00:00Z');
const NOW = new Date('2026-01-02T00:00:00Z');
const flagged = { reason: 'forbidden' as const, at: CREATED, message: 'no' };
const body = {
  name: 'main',
  type: 'openai-compatible',
  baseUrl: 'http://vendor.invalid/v1',
  configuration: { model: 'm' },
};

function setup({ apiKey = 'sk-first-key' as string | null, resetAt = null as Date | null } = {}) {
  const made = toNewDocument(keyRing, 'prv_1', providerInput.parse({ ...body, apiKey }), CREATED);
  const current = { ...made, flagged, resetAt };
  const change = (changed: object) =>
    toNextDocument(keyRing, current, providerInput.parse({ ...body, ...changed }), NOW);
  return { current, change };
}

it.each([
  ['another weight', { configuration: { model: 'm', weight: 2 } }],
  ['another time-out', { configuration: { model: 'm', timeoutMs: 20_000 } }],
  ['another name, priority and limit', { name: 'first', priority: 1, rateLimit: 10 }],
  ['the same address in another spelling', { baseUrl: 'http://VENDOR.invalid/v1/' }],
])('keeps the flag and begins nothing anew with %s', (_, changed) => {
  expect(setup().change(changed)).toMatchObject({ flagged, resetAt: null });
});

it.each([
  ['another key', { apiKey: 'sk-second-key' }],
  ['no key any more', { apiKey: null }],
  ['another address', { baseUrl: 'http://elsewhere.invalid/v1', apiKey: 'sk-first-key' }],
])('takes the flag away and begins anew with %s', (_, changed) => {
  expect(setup().change(changed)).toMatchObject({ flagged: null, resetAt: NOW });
});

it('keeps the latest of its former names, and none that it bears again or in another case', () => {
  const rename = (current: ReturnType<typeof toNewDocument>, name: string) =>
    toNextDocument(keyRing, current, providerInput.parse({ ...body, name }), NOW);
  let provider = rename(setup({ apiKey: null }).current, 'Main');
  expect(provider.formerNames).toEqual([]);
  for (let number = 0; number < 22; number += 1) provider = rename(provider, `N${number}`);
  const latest = Array.from({ length: 20 }, (_, index) => `n${index + 1}`);
  expect(provider).toMatchObject({ name: 'N21', formerNames: latest });
  expect(rename(provider, 'n20').formerNames).toEqual([...latest.slice(0, -1), 'n21']);
});

it('begins anew with another model, which mends no key', () => {
  expect(setup().change({ configuration: { model: 'n' } })).toMatchObject({ flagged, resetAt: NOW });
});

it('takes no key where there was none for no change', () => {
  const { change } = setup({ apiKey: null });
  expect(change({ apiKey: null })).toMatchObject({ flagged, resetAt: null });
});

it('begins anew later than the last time, whoever’s clock that was', () => {
  const ahead = new Date(NOW.getTime() + 60_000);
  const { current, change } = setup({ resetAt: ahead });
  const later = new Date(ahead.getTime() + 1);
  expect(change({ apiKey: 'sk-second-key' })).toMatchObject({ resetAt: later });
  expect(toReset(current, NOW)).toMatchObject({ flagged: null, resetAt: later });
});
