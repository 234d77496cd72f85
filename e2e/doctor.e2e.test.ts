import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../shared/src/cli/doctor/finding.ts';
import { isRunning } from '../shared/src/embedded/processes/process-info.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { startFleet, type Fleet } from './support/fleet.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';
import { understudy } from './support/understudy.ts';

/** Each look is a process. */
const SELDOM = { everyMs: 500 };

async function examine(env: Record<string, string>, cwd = tmpdir()) {
  const { status, output } = await understudy(['doctor', '--json'], { cwd, env });
  const { ok, findings } = JSON.parse(output) as { ok: boolean; findings: Finding[] };
  expect(status).toBe(ok ? 0 : 1);
  const bad = findings.filter((finding) => finding.status !== 'ok');
  return { findings, bad: bad.map(({ check, what }) => `${check}: ${what}`), output };
}

describe('under npm start', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(async () => {
    await product.stop();
    removeData(product.dataDir);
  });

  test(
    'finds a fresh installation well, and says what would make it better',
    { timeout: 120_000 },
    async () => {
      const { dataDir } = product;
      const env = { UNDERSTUDY_DATA_DIR: dataDir };
      await eventually(async () => (await examine(env, dataDir)).bad.length === 1, SELDOM);
      const { findings, bad, output } = await examine(env, dataDir);
      expect(bad).toEqual([expect.stringContaining('providers: Only `local` is enabled')]);
      expect(new Set(findings.map(({ check }) => check))).toEqual(
        new Set([
          'node',
          'configuration',
          'mongodb',
          'migrations',
          'redis',
          'clocks',
          'master keys',
          'processes',
          'providers',
          'waiting jobs',
          'settings',
          'tokens',
          'public URL',
          'disk',
        ]),
      );
      for (const file of ['master-keys', 'admin-token', 'store-password'])
        expect(output).not.toContain(readFileSync(path.join(dataDir, file), 'utf8').trim());

      const { status, output: text } = await understudy(['doctor'], { cwd: dataDir, env });
      expect(status).toBe(0);
      expect(text).toMatch(/^ok {4}node {11}Node 24/);
      expect(text).toContain('0 to fix, 1 to look at.');
    },
  );

  test('says that it does not run where its terminal was closed', async () => {
    const pids = Object.values(product.runtime().processes);
    expect(await product.stop('SIGHUP')).toEqual({ code: 0, signal: null });
    expect(pids.filter(isRunning)).toEqual([]);
    const { dataDir } = product;
    const { bad } = await examine({ UNDERSTUDY_DATA_DIR: dataDir }, dataDir);
    expect(bad).toContain(
      `mongodb: MONGODB_URI is not set, and nothing of this installation runs in ${dataDir}.`,
    );
    expect(bad).toContain(
      `redis: REDIS_URL is not set, and nothing of this installation runs in ${dataDir}.`,
    );
  });
});

describe('in production', () => {
  let fleet: Fleet;
  const elsewhere = makeDataDir();
  beforeAll(async () => {
    fleet = await startFleet({ workers: 1 });
  });
  afterAll(async () => {
    await fleet.close();
    removeData(elsewhere);
  });

  test(
    'goes by the environment of the processes, and notices who is gone',
    { timeout: 300_000 },
    async () => {
      const env = {
        ...fleet.env,
        PUBLIC_URL: fleet.urls[0] ?? '',
        UNDERSTUDY_DATA_DIR: elsewhere,
      };
      /** What is not well, once it is so many things. */
      const findBad = async (count: number) => {
        let bad: string[] = [];
        const isSo = async () => {
          ({ bad } = await examine(env));
          return bad.length === count;
        };
        await eventually(isSo, SELDOM);
        return bad;
      };
      const onlyLocal = expect.stringContaining('Only `local` is enabled');
      const noScheduler = expect.stringContaining('No scheduler runs');
      const noWorker = expect.stringContaining('No worker runs');
      expect(await findBad(1)).toEqual([onlyLocal]);
      await fleet.scheduler.kill();
      expect(await findBad(2)).toEqual([noScheduler, onlyLocal]);
      await fleet.workers[0]?.kill();
      expect(await findBad(3)).toEqual([noWorker, noScheduler, onlyLocal]);
      await fleet.redis.kill();
      expect(await findBad(2)).toEqual([
        expect.stringMatching(/^redis: .* does not answer \(nothing listens there\)/),
        onlyLocal,
      ]);
    },
  );
});
