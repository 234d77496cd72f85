import type { AuditRow } from '@understudy/shared/contracts/audit';
import { expect, it } from 'vitest';
import { toRestore } from './restore.ts';

const row = (change: Partial<AuditRow>): AuditRow => ({
  id: 'aud_1',
  at: '2026-11-26T00:00:00.000Z',
  actor: { tokenId: 'tok_1', name: 'Ada' },
  action: 'provider.updated',
  target: { kind: 'provider', id: 'prv_1', name: 'main' },
  before: null,
  after: null,
  requestId: null,
  ...change,
});

it('puts back only what the change wrote', () => {
  const before = {
    id: 'prv_1',
    priority: 5,
    enabled: true,
    updatedAt: 'x',
    configuration: { model: 'a', weight: 1 },
  };
  const after = {
    id: 'prv_1',
    priority: 9,
    enabled: true,
    updatedAt: 'y',
    configuration: { model: 'b', weight: 1 },
  };
  expect(toRestore(row({ before, after }))).toEqual({
    method: 'PATCH',
    path: '/api/providers/prv_1',
    body: { priority: 5, configuration: { model: 'a' } },
  });
});

it('writes a part of the configuration, and a classifier whole', () => {
  const config = row({
    action: 'config.updated',
    target: { kind: 'config', id: 'config', name: 'config' },
    before: { paused: false, breaker: { openMs: 1 } },
    after: { paused: true, breaker: { openMs: 1 } },
  });
  expect(toRestore(config)).toMatchObject({ path: '/api/providers/config', body: { paused: false } });
  const classifier = row({
    action: 'classifier.updated',
    target: { kind: 'classifier', id: 'clf_1', name: 'support' },
    before: {
      name: 'support',
      version: 1,
      labels: ['a', 'b'],
      instructions: null,
      multiLabel: false,
      threshold: null,
    },
    after: {
      name: 'support',
      version: 2,
      labels: ['a'],
      instructions: null,
      multiLabel: false,
      threshold: null,
    },
  });
  expect(toRestore(classifier)).toMatchObject({
    method: 'PUT',
    path: '/api/classifiers/support',
    body: { labels: ['a', 'b'] },
  });
});

it('leaves out what the service itself writes beside a change', () => {
  const before = { baseUrl: 'https://a.example', flagged: 'quota' };
  const after = { baseUrl: 'https://b.example', flagged: null };
  expect(toRestore(row({ before, after }))?.body).toEqual({ baseUrl: 'https://a.example' });
  const webhook = row({
    action: 'webhook.updated',
    target: { kind: 'webhook', id: 'whk_1', name: 'https://a.example' },
    before: { enabled: true, secrets: 2 },
    after: { enabled: false, secrets: 1 },
  });
  expect(toRestore(webhook)?.body).toEqual({ enabled: true });
});

it('makes a classifier anew that was deleted', () => {
  const definition = { labels: ['a', 'b'], instructions: null, multiLabel: false, threshold: null };
  const target = { kind: 'classifier', id: 'clf_1', name: 'support' };
  const deleted = row({ action: 'classifier.deleted', target, before: { version: 3, ...definition } });
  expect(toRestore(deleted)).toEqual({
    method: 'POST',
    path: '/api/classifiers',
    body: { name: 'support', ...definition },
  });
  const isLarge = row({
    action: 'classifier.deleted',
    target,
    before: { version: 3, definitionOmitted: true },
  });
  expect(toRestore(isLarge)).toBeNull();
});

it.each([
  ['what was made', row({ action: 'provider.created', after: { priority: 1 } })],
  ['what is gone', row({ action: 'provider.deleted', before: { priority: 1 } })],
  ['a new key alone', row({ before: { apiKeyLast4: 'aaaa' }, after: { apiKeyLast4: 'bbbb' } })],
  [
    'a new key that lifted a flag',
    row({
      before: { apiKeyLast4: 'aaaa', flagged: 'quota' },
      after: { apiKeyLast4: 'bbbb', flagged: null },
    }),
  ],
  ['a token', row({ action: 'token.revoked', target: { kind: 'token', id: 't', name: 't' }, before: {} })],
])('has no way back for %s', (_, change) => {
  expect(toRestore(change)).toBeNull();
});
