import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { createConsoleLink } from './ledger.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('has on the audit log that a login link was made, without its code', async () => {
  const { link, expiresAt } = await createConsoleLink(bed.mongodbUri, 'http://console');
  const rows = await bed.store.audit.find().lean();
  expect(rows).toMatchObject([
    {
      action: 'login_link.created',
      actor: { tokenId: null, name: 'operator' },
      after: { expiresAt: expiresAt.toISOString() },
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain(link.split('#')[1]);
});
