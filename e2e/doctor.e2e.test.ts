import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '../shared/src/embedded/processes/process-info.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { examine } from './support/examine.ts';
import { removeData, startProduct, type Product } from './support/product.ts';
import { understudy } from './support/understudy.ts';

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
      await eventually(async () => (await examine(env, dataDir)).bad.length === 1);
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
    expect(bad).toContain(`mongodb: MONGODB_URI is not set, and nothing runs in ${dataDir}.`);
    expect(bad).toContain(`redis: REDIS_URL is not set, and nothing runs in ${dataDir}.`);
  });
});
