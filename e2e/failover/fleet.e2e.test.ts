import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DispatchConfigPart } from '../../shared/src/contracts/dispatch-config.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { countCalls, PRIMARY_ANSWER } from '../support/pair.ts';
import { openStage, type Stage } from '../support/stage.ts';

const JOBS_AT_ONCE = 40;
const ROOM = { maxConcurrency: 2 * JOBS_AT_ONCE, timeoutMs: 60_000 };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ WORKER_PROCESSES: '2' });
});
afterAll(() => stage.close());

/** Both worker processes know the settings and both providers. */
async function setup(config: DispatchConfigPart) {
  const { client } = stage;
  await client.config.update(config);
  // Whoever knows of these knows of what was changed before.
  const pair = await stage.createPair('openai', { primary: ROOM, backup: ROOM });
  onTestFinished(() => pair.dismiss());
  const runMany = () => Promise.all(Array.from({ length: JOBS_AT_ONCE }, () => pair.run()));
  await eventually(async () => (await runMany()).every(({ result }) => result?.label === PRIMARY_ANSWER));
  const circuit = async () => (await client.providers.read(pair.primary.name)).provider.status.circuit;
  return { ...pair, runMany, circuit };
}

describe('two worker processes', () => {
  it('open a circuit by the failures that they counted together, and leave its provider alone', async () => {
    const failureThreshold = 5;
    // A few failures after many good answers must do.
    const breaker = { failureThreshold, failureRatio: 0.01, openMs: 600_000 };
    const { primary, run, runMany, circuit } = await setup({ breaker });
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
    const { primary, run, runMany, circuit } = await setup(config);
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
