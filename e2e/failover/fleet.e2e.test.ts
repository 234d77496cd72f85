import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../shared/src/client/client.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { countCalls, createPair, PRIMARY_ANSWER } from '../support/pair.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';

/** `breaker.failureThreshold`, as it is by default. */
const THRESHOLD = 5;
const JOBS_AT_ONCE = 40;

/** A product with so many worker processes, whose circuits are tried again soon. */
async function openFleet(workers: number) {
  const dataDir = makeDataDir();
  const env = { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1', WORKER_PROCESSES: String(workers) };
  const product = await startProduct({ dataDir, env });
  onTestFinished(async () => {
    await product.stop();
    removeData(dataDir);
  });
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  const pair = await createPair(client, 'fleet', 'openai', {
    primary: { maxConcurrency: 2 * JOBS_AT_ONCE },
    backup: { maxConcurrency: 2 * JOBS_AT_ONCE },
  });
  onTestFinished(() => pair.dismiss());
  const circuit = async () => (await client.providers.read(pair.primary.name)).provider.status.circuit;
  return { client, pair, circuit };
}

describe.each([2, 4])('%i worker processes', (workers) => {
  it('open a circuit together, leave its provider alone, and probe it once', async () => {
    const { client, pair, circuit } = await openFleet(workers);
    const { primary, run } = pair;
    await client.config.update({ breaker: { openMs: 600_000 } });
    // Each process knows both providers: every one of so many jobs in a row goes to the primary.
    await eventually(async () => {
      const jobs = await Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => run()));
      return jobs.every(({ result }) => result?.label === PRIMARY_ANSWER);
    });
    const before = countCalls(primary);

    primary.vendor.breakDown({ kind: 'reset' });
    // One after the other, wherever they run: the good answers must not hold the circuit closed for long.
    await client.config.update({ breaker: { failureRatio: 0.01 } });
    for (let job = 0; job < 2 * THRESHOLD && (await circuit()) === 'closed'; job += 1) await run();
    expect(await circuit()).toBe('open');
    expect(countCalls(primary) - before).toBe(THRESHOLD);

    const opened = countCalls(primary);
    await Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => run()));
    expect(countCalls(primary)).toBe(opened);

    // It opened for ten minutes; a reset and a failure open it for a moment only.
    await client.config.update({ breaker: { openMs: 500, failureThreshold: 1 } });
    await client.providers.reset(primary.name);
    await eventually(async () => (await circuit()) === 'closed');
    await eventually(async () => {
      await run();
      return (await circuit()) === 'open';
    });
    primary.vendor.breakDown({ kind: 'hang' });
    const hanging = primary.vendor.nextRequest();
    const probed = countCalls(primary);
    const probing = eventually(async () => {
      const jobs = await Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => run()));
      return jobs.some(({ attempts }) => attempts.some(({ provider }) => provider.name === primary.name));
    });
    await hanging;
    expect(await circuit()).toBe('half-open');
    await Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => run()));
    expect(countCalls(primary)).toBe(probed + 1);
    await probing;
  });
});
