import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findStoreBinary } from '../../shared/src/embedded/stores/binaries.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { openRedis } from '../../shared/src/testing/open-redis.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { addProvider, PROVIDER, toJob } from './provider.ts';

/** Of 512 bytes; more than a fresh product needs by far, so that it starts. */
const BLOCKS = 8_192;
const FILLER = 'x'.repeat(1_000_000);

/**
 * A Redis whose files can hold no more than 4 MB, which fails its writes as a full disk does. The limit is a soft one,
 * and can be lifted while it runs.
 */
function makeTightRedis(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-tight-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const script = path.join(folder, 'redis-server');
  const binary = findStoreBinary('redis-server', process.env);
  const lines = ['#!/bin/sh', "trap '' XFSZ", `ulimit -S -f ${BLOCKS}`, `exec '${binary}' "$@"`];
  writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 });
  return script;
}

const lift = (pid: number) =>
  expect(spawnSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:']).status).toBe(0);

/** Until Redis takes no write any more. */
async function fillUp({ redis: { uri } }: Fleet) {
  const redis = await openRedis(uri);
  await eventually(
    () =>
      redis.set('filler', FILLER).then(
        () => false,
        (error: Error) => error.message.includes('MISCONF'),
      ),
    { timeoutMs: 20_000 },
  );
  redis.disconnect();
}

it.runIf(process.platform === 'linux')(
  'accepts jobs while the disk of Redis is full, and works on them when there is room again',
  async () => {
    const fleet = await startFleet({ binaries: { 'redis-server': makeTightRedis() } });
    const vendor = await startFakeOpenAi();
    onTestFinished(async () => {
      await fleet.close();
      await vendor.stop();
    });
    await addProvider(fleet, vendor);
    await untilInUse(fleet.client, PROVIDER);
    await fillUp(fleet);

    const submits = Array.from({ length: 20 }, (_, index) =>
      fleet.client.classifications.submit(toJob(`Full ${index}`)),
    );
    const accepted = await Promise.all(submits);
    const ready = await fetch(new URL('/readyz', fleet.urls[0]));
    expect(await ready.json()).toMatchObject({ stores: { mongodb: 'up', redis: 'down' } });
    expect(ready.status).toBe(503);

    lift(fleet.redis.pid());
    for (const { id } of accepted)
      expect(await fleet.client.classifications.wait(id, { timeoutMs: 40_000 })).toMatchObject({
        state: 'succeeded',
        degraded: false,
      });
    expect(vendor.requests.filter(({ question }) => question?.text.startsWith('Full'))).toHaveLength(20);
  },
  120_000,
);
