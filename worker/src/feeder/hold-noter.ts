import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { toLaneId } from '@understudy/shared/store/lane-holds/model';
import { noteHolds, type LaneHold } from '@understudy/shared/store/lane-holds/note-holds';
import type { Allowances } from './allowances.ts';
import type { Lanes } from './lanes.ts';

const EVERY_MS = 1_000;
const MAX_HOLDS = 1_000;

interface Line {
  lanes: Pick<Lanes, 'list' | 'takeMet'>;
  allowances: Pick<Allowances, 'heldBy'>;
  paused: boolean;
}

/** Puts on record, about once a second, which lanes are held and why: jobs show it, and availability leaves it out. */
export function createHoldNoter({ store, clock }: { store: Store; clock: Clock }) {
  let notedAt = -Infinity;
  return async (line: Line): Promise<void> => {
    if (clock.monotonic() - notedAt < EVERY_MS) return;
    notedAt = clock.monotonic();
    const lanes = [...line.lanes.takeMet(), ...line.lanes.list()];
    const distinct = new Map(lanes.map((lane) => [toLaneId(lane), lane]));
    const holds = [...distinct.values()].toSorted(byUse).flatMap((lane) => toHold(lane, line) ?? []);
    await noteHolds(store, holds.slice(0, MAX_HOLDS), new Date(clock.now()));
  };
}

/** Lanes that name no providers first: availability goes by them, and clients can make any number of the others. */
function byUse(a: Lane, b: Lane): number {
  return Number(a.providers !== null) - Number(b.providers !== null) || a.priority - b.priority;
}

function toHold(lane: Lane, { allowances, paused }: Line): LaneHold | null {
  const { priority, client, route } = lane;
  const held = paused ? PAUSED : allowances.heldBy(lane);
  return held && { priority, client, route, ...held };
}

const PAUSED = { reason: 'paused' as const, byLimit: true, nextTryAt: null };
