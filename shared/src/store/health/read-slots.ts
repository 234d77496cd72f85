import type { HealthSlot } from '../../contracts/health.ts';
import type { HealthStatus } from '../../contracts/provider.ts';
import type { Store } from '../connect.ts';

const SLOTS = 90;
const WORST_FIRST: readonly HealthStatus[] = ['down', 'degraded', 'healthy', 'unknown'];

interface SlotRow {
  _id: { providerId: string; slot: number; status: HealthStatus };
}

/**
 * Of each provider 90 slots of equal width over a range (`to` exclusive) with the worst status in each, null where there
 * was no check. Which statuses were met in which slot is counted from the index alone; the worst is picked here.
 */
export async function readSlots(
  store: Store,
  providerIds: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<Map<string, HealthSlot[]>> {
  const widthMs = (to.getTime() - from.getTime()) / SLOTS;
  const number = { $floor: { $divide: [{ $subtract: ['$at', from] }, widthMs] } };
  const rows = await store.healthChecks
    .aggregate<SlotRow>([
      { $match: { providerId: { $in: [...providerIds] }, at: { $gte: from, $lt: to } } },
      { $group: { _id: { providerId: '$providerId', slot: number, status: '$status' } } },
    ])
    // Of several providers MongoDB would rather read the checks of that time, each as a whole.
    .hint('provider');
  const met = new Set(rows.map(({ _id }) => toKey(_id.providerId, _id.slot, _id.status)));
  const toStart = (index: number) => new Date(from.getTime() + Math.round(index * widthMs)).toISOString();
  const slots = Array.from({ length: SLOTS }, (_, index) => ({
    from: toStart(index),
    to: toStart(index + 1),
  }));
  const toSlots = (providerId: string) =>
    slots.map((slot, index) => ({
      ...slot,
      status: WORST_FIRST.find((status) => met.has(toKey(providerId, index, status))) ?? null,
    }));
  return new Map(providerIds.map((id) => [id, toSlots(id)]));
}

const toKey = (providerId: string, slot: number, status: HealthStatus) => `${providerId} ${slot} ${status}`;
