import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../errors.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { createSession } from '../sessions/sessions.ts';
import { inTransaction } from '../transaction.ts';
import { ensureBootstrapToken } from './ensure-bootstrap-token.ts';
import { findToken } from './find-token.ts';
import type { TokenDocument } from './model.ts';
import { insertToken, type NewToken } from './tokens.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await Promise.all([
    bed.store.tokens.deleteMany({}),
    bed.store.sessions.deleteMany({}),
    bed.store.audit.deleteMany({}),
  ]);
});

const LEAKED = 'ust_leaked'.padEnd(40, 'x');
const PAST = new Date('2026-03-04T00:00:00Z');
const ensure = (value: string) => ensureBootstrapToken(bed.store, value);
const find = (value: string) => findToken(bed.store, value);
const readAudit = async () => {
  const rows = await bed.store.audit.find().sort({ _id: 1 }).lean();
  return rows.map(({ action, target }) => [action, target.id]);
};

/** A token as the API makes it, with a session; gives its value. */
async function insert(overrides: Partial<NewToken> = {}, revokedAt: Date | null = null) {
  const admin: NewToken = {
    name: 'other',
    client: 'default',
    scopes: ['admin'],
    expiresAt: null,
    requestsPerMinute: null,
  };
  const { token, value } = await inTransaction(bed.store, (session) =>
    insertToken(bed.store, { ...admin, ...overrides }, session),
  );
  const { _id: tokenId, client, name, scopes } = token;
  const times = { createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
  await createSession(bed.store, value, { tokenId, name, client, scopes, ...times });
  await bed.store.tokens.updateOne({ _id: tokenId }, { revokedAt });
  return { id: tokenId, value };
}

it.each<[string, Parameters<typeof insert>]>([
  ['is good', []],
  ['has expired', [{ expiresAt: PAST }]],
  ['was revoked', [{}, PAST]],
])('takes the value of an admin token that %s, and the value before is good no more', async (_, token) => {
  await ensure(LEAKED);
  const { id, value } = await insert(...token);
  await ensure(value);
  expect(await find(LEAKED)).toBeNull();
  expect(await find(value)).toMatchObject({ _id: 'tok_bootstrap', scopes: ['admin'], expiresAt: null });
  expect(await bed.store.tokens.countDocuments()).toBe(1);
  expect(await bed.store.sessions.countDocuments()).toBe(0);
  const [, isRevoked] = token;
  expect(await readAudit()).toEqual([
    ['token.created', 'tok_bootstrap'],
    ...(isRevoked ? [] : [['token.revoked', id]]),
    ['token.replaced', 'tok_bootstrap'],
  ]);
});

it.each<[string, Parameters<typeof insert>]>([
  ['is good', [{ scopes: ['jobs:write', 'providers:write'] }]],
  ['has expired', [{ scopes: ['jobs:write'], expiresAt: PAST }]],
  ['was revoked', [{ scopes: ['jobs:write'] }, PAST]],
])(
  'refuses the value of a lesser token that %s, so that its holder is no administrator',
  async (_, token) => {
    await ensure(LEAKED);
    const { id, value } = await insert(...token);
    const before = await bed.store.tokens.find().lean<TokenDocument[]>();
    const refused = await ensure(value).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect(String(refused)).toContain(`the token "other" (${id})`);
    expect(String(refused)).not.toContain(value);
    expect(await bed.store.tokens.find().lean()).toEqual(before);
  },
);
