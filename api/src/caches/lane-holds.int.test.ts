import { systemClock } from '@understudy/shared/runtime/clock';
import { noteHolds } from '@understudy/shared/store/lane-holds/note-holds';
import { eventually } from '@understudy/shared/testing/eventually';
import { createProxiedStore, type ProxiedStore } from '@understudy/shared/testing/proxied-store';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createLaneHolds } from './lane-holds.ts';

let { bed, store, proxy, close } = {} as ProxiedStore;
beforeAll(async () => {
  ({ bed, store, proxy, close } = await createProxiedStore());
});
afterAll(() => close());

const LANE = { priority: 5, client: 'shop', route: 'any' };
const note = (now = new Date()) =>
  noteHolds(bed.store, [{ ...LANE, reason: 'budget_exhausted', byLimit: true, nextTryAt: null }], now);

it('reads a lane once for all who ask within half a second, and then anew', async () => {
  let nowMs = Date.now();
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const holds = createLaneHolds({ store: bed.store, clock });
  const reads = vi.spyOn(bed.store.laneHolds, 'findOne');
  expect(await Promise.all([holds.of(LANE), holds.of(LANE)])).toEqual([null, null]);
  await note(new Date(nowMs));
  expect(await holds.of({ ...LANE, priority: 0 })).toBeNull();
  expect(await holds.of(LANE)).toBeNull();
  expect(reads).toHaveBeenCalledTimes(2);
  nowMs += 500;
  expect(await holds.of(LANE)).toMatchObject({ reason: 'budget_exhausted' });
});

it.each(['cut', 'freeze'] as const)('tells nothing while the ledger is away (%s)', async (how) => {
  await note();
  const holds = createLaneHolds({ store, clock: systemClock });
  proxy[how]();
  expect(await holds.of(LANE)).toBeNull();
  proxy.thaw();
  proxy.mend();
  await eventually(async () => {
    await note();
    return (await holds.of(LANE))?.reason === 'budget_exhausted';
  });
});
