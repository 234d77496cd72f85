import { describe, expect, it } from 'vitest';
import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import { buildPooled, FLAGGED } from '../../testing/build-provider.ts';
import { createFakeProvider } from '../../testing/fake-adapter.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { CallEnd } from './admission.ts';
import { createLocalAdmission } from './local-admission.ts';

const price = { costNanoUsd: 1_000, pricing: 'priced', priceVersion: null } as const;
const CALL = { id: 'att_1', limitMs: 1_000, bound: { likelyTokens: 100, price } };
const used = { tokens: 0, costNanoUsd: 0 };
const good: CallEnd = { breaker: 'good', cooldown: null, used };
const neutral: CallEnd = { breaker: 'neutral', cooldown: null, used };
const opens: CallEnd = { breaker: 'opens', cooldown: null, used };
const throttled: CallEnd = { breaker: 'neutral', cooldown: { retryAfterMs: 3_000 }, used };

function setup() {
  const clock = createFakeClock();
  const told: string[] = [];
  const admission = createLocalAdmission({
    settings: () => dispatchConfig.parse({}),
    clock,
    onChange: (_, circuit) => told.push(circuit),
  });
  const admit = async (pooled: PooledProvider) => {
    const admittance = await admission.admit(pooled, CALL);
    if (!admittance.admitted) throw new Error(`It was refused: ${admittance.reason}`);
    return admittance;
  };
  const refusal = async (pooled: PooledProvider) => {
    const admittance = await admission.admit(pooled, CALL);
    if (admittance.admitted) await admittance.release(neutral);
    return admittance.admitted ? null : admittance;
  };
  return { clock, told, admission, admit, refusal };
}

it('refuses what is disabled or flagged', async () => {
  const { refusal } = setup();
  expect(await refusal(buildPooled({ enabled: false }))).toMatchObject({ reason: 'disabled' });
  expect(await refusal(buildPooled({ flagged: FLAGGED }))).toMatchObject({ reason: 'flagged' });
});

it('lets no more calls run than maxConcurrency', async () => {
  const { admit, refusal } = setup();
  const pooled = buildPooled({ configuration: { maxConcurrency: 2 } });
  const first = await admit(pooled);
  await admit(pooled);
  expect(await refusal(pooled)).toMatchObject({ reason: 'concurrency', untilAt: null });
  await first.release(good);
  expect(await refusal(pooled)).toBeNull();
});

it('leaves a provider alone for as long as it asked', async () => {
  const { admit, refusal, clock } = setup();
  const pooled = buildPooled();
  await (await admit(pooled)).release(throttled);
  const untilAt = clock.now() + 3_000;
  expect(await refusal(pooled)).toMatchObject({ reason: 'cooldown', untilAt });
  clock.advance(3_000);
  expect(await refusal(pooled)).toBeNull();
});

it('refuses while the circuit is open, then grants one probe', async () => {
  const { admit, refusal, clock } = setup();
  const pooled = buildPooled();
  await (await admit(pooled)).release(opens);
  expect(await refusal(pooled)).toMatchObject({ reason: 'circuit_open', untilAt: clock.now() + 30_000 });
  clock.advance(30_000);
  const probe = await admit(pooled);
  expect(probe.circuit).toBe('half-open');
  expect(await refusal(pooled)).toMatchObject({ reason: 'circuit_open' });
  await probe.release(good);
  expect(await refusal(pooled)).toBeNull();
});

it('says that the circuit is open, not that a limit is met: that decides whether local may step in', async () => {
  const { admit, refusal } = setup();
  const pooled = buildPooled({ configuration: { maxConcurrency: 2 } });
  const [first, second] = [await admit(pooled), await admit(pooled)];
  await first.release(opens);
  await second.release(throttled);
  expect(await refusal(pooled)).toMatchObject({ reason: 'circuit_open' });
});

it('does not spend the probe on a provider that is cooling down', async () => {
  const { admit, refusal, clock } = setup();
  const pooled = buildPooled();
  const [first, second] = [await admit(pooled), await admit(pooled)];
  await first.release({ ...throttled, cooldown: { retryAfterMs: 40_000 } });
  await second.release(opens);
  clock.advance(30_000);
  expect(await refusal(pooled)).toMatchObject({ reason: 'cooldown' });
  clock.advance(10_000);
  expect((await admit(pooled)).circuit).toBe('half-open');
});

describe('a provider that changed', () => {
  async function openCircuit(pooled: PooledProvider) {
    const bed = setup();
    await (await bed.admit(pooled)).release(opens);
    return bed;
  }

  it('starts anew where it is said to', async () => {
    const pooled = buildPooled();
    const { admission, refusal } = await openCircuit(pooled);
    const changed = { ...pooled, provider: { ...pooled.provider, resetAt: new Date() } };
    admission.sync([changed]);
    expect(await refusal(changed)).toBeNull();
  });

  it('keeps its circuit where only its settings changed, though they take another adapter', async () => {
    const pooled = buildPooled();
    const { admission, refusal } = await openCircuit(pooled);
    const adapter = createFakeProvider().createAdapter('fake-model');
    const changed = { ...pooled, adapter, provider: { ...pooled.provider, priority: 1, revision: 2 } };
    admission.sync([changed]);
    expect(await refusal(changed)).toMatchObject({ reason: 'circuit_open' });
  });
});

describe('the line before a full provider', () => {
  it('wakes the first who waits, one for each place', async () => {
    const { admission, admit } = setup();
    const pooled = buildPooled();
    const { signal } = new AbortController();
    const woken: number[] = [];
    for (const place of [1, 2]) {
      void admission.untilReleased([pooled.provider._id], signal).then(() => woken.push(place));
    }
    await (await admit(pooled)).release(good);
    expect(woken).toEqual([1]);
    await (await admit(pooled)).release(good);
    expect(woken).toEqual([1, 2]);
  });

  it('is left when the signal aborts', async () => {
    const { admission } = setup();
    const patience = new AbortController();
    const waiting = admission.untilReleased(['prv_1'], patience.signal);
    patience.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(admission.untilReleased(['prv_1'], patience.signal)).resolves.toBeUndefined();
  });
});

it('says how many calls each provider could take, and why none', async () => {
  const { admit, admission, clock } = setup();
  const [free, cooling, open, flaggedOne] = [
    buildPooled({ configuration: { maxConcurrency: 3 } }),
    buildPooled(),
    buildPooled(),
    buildPooled({ flagged: FLAGGED }),
  ];
  await admit(free);
  await (await admit(cooling)).release(throttled);
  await (await admit(open)).release(opens);
  expect(await admission.readRoom([free, cooling, open, flaggedOne])).toMatchObject([
    { providerId: free.provider._id, room: 2, reason: null, untilAt: null },
    { room: 0, reason: 'cooldown', untilAt: clock.now() + 3_000 },
    { room: 0, reason: 'circuit_open', untilAt: clock.now() + 30_000 },
    { room: 0, reason: 'flagged', untilAt: null },
  ]);
});

it('gives hedges beside calls of one provider up to their share', async () => {
  const { admit, admission } = setup();
  const pooled = buildPooled({ configuration: { maxConcurrency: 20 } });
  for (let call = 0; call < 20; call += 1) await admit(pooled);
  expect([await admission.takeHedge(pooled), await admission.takeHedge(pooled)]).toEqual([true, true]);
  expect(await admission.takeHedge(pooled)).toBe(false);
});
