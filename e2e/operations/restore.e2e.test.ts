import { cpSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { Store } from '../../shared/src/store/connect.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { makeDataDir, removeData } from '../support/product.ts';
import { understudy } from '../support/understudy.ts';

const KEY = 'sk-the-only-key-that-is-let-in';
const LABELS = ['billing', 'bug'];

let vendor: FakeVendor;
let lost: Fleet;
let restored: Fleet | null = null;
let folder: string;
beforeAll(async () => {
  folder = makeDataDir();
  vendor = await startFakeOpenAi({ apiKey: KEY });
  lost = await startFleet({ workers: 1 });
});
afterAll(async () => {
  await restored?.close();
  await lost.close();
  await vendor.stop();
  removeData(folder);
});

/** As docs/operations/backup.md says: writes are held while the files are copied. */
async function backUp(store: Store, from: string): Promise<string> {
  const to = path.join(folder, 'ledger');
  const admin = store.connection.getClient().db('admin');
  await admin.command({ fsync: 1, lock: true });
  try {
    mkdirSync(to);
    cpSync(from, to, { recursive: true, filter: (file) => path.basename(file) !== 'mongod.lock' });
  } finally {
    await admin.command({ fsyncUnlock: 1 });
  }
  return to;
}

async function submit({ client }: Fleet, name: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const job = { text: `${name} ${number}: a bug`, labels: LABELS, providers: ['main'] };
    ids.push((await client.classifications.submit(job, { idempotencyKey: `${name}-${number}` })).id);
  }
  return ids;
}

const untilEnded = (fleet: Fleet, ids: readonly string[]) =>
  Promise.all(ids.map((id) => fleet.client.classifications.wait(id, { timeoutMs: 60_000 })));

test(
  'goes on from a back-up in a new instance: what was done stays done, and what waited is done once',
  { timeout: 240_000 },
  async () => {
    const configuration = { model: 'fake-large', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } };
    await lost.client.providers.create({
      name: 'main',
      type: 'openai-compatible',
      baseUrl: vendor.url,
      apiKey: KEY,
      configuration,
    });
    const done = await untilEnded(lost, await submit(lost, 'Before', 20));
    // What is under way at the moment of a copy is asked again after it: here nothing is.
    await Promise.all(lost.workers.map((worker) => worker.stop()));
    const waiting = await submit(lost, 'Waiting', 30);
    const masterKeys = lost.env['UNDERSTUDY_MASTER_KEYS'] ?? '';
    const files = await backUp(lost.store, path.join(lost.mongod.folder, 'data'));
    const [late] = await submit(lost, 'Late', 1);
    await Promise.all([...lost.apis, lost.scheduler].map((app) => app.kill()));
    await Promise.all([lost.mongod.kill(), lost.redis.kill()]);

    const { password } = new URL(lost.mongod.uri);
    restored = await startFleet({
      workers: 1,
      restored: { files, password },
      env: { UNDERSTUDY_MASTER_KEYS: masterKeys },
    });
    const { client, store, env } = restored;

    const answered = await untilEnded(restored, waiting);
    expect(answered.map(({ state, result, provider }) => [state, result?.label, provider?.name])).toEqual(
      waiting.map(() => ['succeeded', 'bug', 'main']),
    );
    const again = await Promise.all(done.map(({ id }) => client.classifications.get(id)));
    expect(again).toEqual(done);
    const asked = vendor.requests.flatMap(({ question }) => (question ? [question.text] : []));
    expect(asked).toHaveLength(done.length + waiting.length);
    expect(new Set(asked).size).toBe(asked.length);

    // A repeat of what is in the back-up is known; what came after it was lost, and is taken in anew.
    expect(await submit(restored, 'Before', 1)).toEqual([done[0]?.id]);
    const [anew] = await submit(restored, 'Late', 1);
    expect(anew).not.toBe(late);
    expect(await untilEnded(restored, [anew ?? ''])).toMatchObject([{ state: 'succeeded' }]);

    await eventually(async () => (await store.attempts.countDocuments({ counted: false })) === 0);
    const usage = await client.providers.usage('main');
    expect(usage.totals).toMatchObject({ requestCount: 51, successCount: 51 });

    const doctor = (more: Record<string, string>) =>
      understudy(['doctor'], {
        cwd: tmpdir(),
        env: { ...env, PUBLIC_URL: restored?.urls[0] ?? '', ...more },
      });
    expect(await doctor({})).toMatchObject({ status: 0, output: expect.stringContaining('All is well.') });
    const without = await doctor({ UNDERSTUDY_MASTER_KEYS: `1:${'B'.repeat(42)}A=` });
    expect(without).toMatchObject({ status: 1, output: expect.stringContaining('that of main') });
  },
);
