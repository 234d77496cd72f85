import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../shared/src/client/client.ts';
import type { DispatchConfigPart } from '../../shared/src/contracts/dispatch-config.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { countCalls, createPair, PRIMARY_ANSWER } from '../support/pair.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';

const JOBS_AT_ONCE = 40;
const ROOM = { maxConcurrency: 2 * JOBS_AT_ONCE, timeoutMs: 60_000 };

/** A product with so many worker processes, each of which knows the settings and both providers. */
async function openFleet(workers: number, config: DispatchConfigPart) {
  const dataDir = makeDataDir();
  const env = { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1', WORKER_PROCESSES: String(workers) };
  const product = await startProduct({ dataDir, env });
  onTestFinished(async () => {
    await product.stop();
    removeData(dataDir);
  });
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  await client.config.update(config);
  // Whoever knows of these knows of what was changed before.
  const pair = await createPair(client, 'fleet', 'openai', { primary: ROOM, backup: ROOM });
  onTestFinished(() => pair.dismiss());
  const runMany = () => Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => pair.run()));
  await eventually(async () => (await runMany()).every(({ result }) => result?.label === PRIMARY_ANSWER));
  const circuit = async () => (await client.providers.read(pair.primary.name)).provider.status.circuit;
  return { ...pair, runMany, circuit };
}

describe.each([2, 4])('%i worker processes', (workers) => {
  it('open a circuit by the failures that they counted together, and leave its provider alone', async () => {
    const failureThreshold = 5;
    // A few failures after many good answers must do.
    const breaker = { failureThreshold, failureRatio: 0.01, openMs: 600_000 };
    const { primary, run, runMany, circuit } = await openFleet(workers, { breaker });
    const before = countCalls(primary);
    primary.vendor.breakDown({ kind: 'reset' });
    for (let job = 0; job < 2 * failureThreshold && (await circuit()) === 'closed'; job += 1) await run();
    expect(await circuit()).toBe('open');
    expect(countCalls(primary) - before).toBe(failureThreshold);
    await runMany();
    expect(countCalls(primary) - before).toBe(failureThreshold);
  });

  it('send one probe to a provider that may be well again', async () => {
    const breaker = { failureThreshold: 1, failureRatio: 0.01, openMs: 500 };
    // Nobody overtakes the probe: it stays until its vendor is gone.
    const config = { breaker, hedgeAfterMs: 60_000, hedgeMaxMs: 60_000 };
    const { primary, run, runMany, circuit } = await openFleet(workers, config);
    primary.vendor.breakDown({ kind: 'reset' });
    await run();
    expect(await circuit()).toBe('open');
    primary.vendor.breakDown({ kind: 'hang' });
    const before = countCalls(primary);
    const probe = primary.vendor.nextCall();
    const probing = eventually(async () => (await runMany(), countCalls(primary) > before));
    await probe;
    expect(await circuit()).toBe('half-open');
    await runMany();
    expect(countCalls(primary)).toBe(before + 1);
    await primary.vendor.stop();
    await probing;
  });
});
