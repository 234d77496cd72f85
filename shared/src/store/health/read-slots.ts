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
  const slot = { $floor: { $divide: [{ $subtract: ['$at', from] }, widthMs] } };
  const rows = await store.healthChecks
    .aggregate<SlotRow>([
      { $match: { providerId: { $in: [...providerIds] }, at: { $gte: from, $lt: to } } },
      { $group: { _id: { providerId: '$providerId', slot, status: '$status' } } },
    ])
    .hint({ providerId: 1, at: -1, status: 1 });
  const met = new Set(rows.map(({ _id }) => toKey(_id.providerId, _id.slot, _id.status)));
  const toStart = (index: number) => new Date(from.getTime() + Math.round(index * widthMs)).toISOString();
  const starts = Array.from({ length: SLOTS + 1 }, (_, index) => toStart(index));
  const toSlots = (providerId: string) =>
    starts.slice(0, SLOTS).map((start, index) => ({
      from: start,
      to: starts[index + 1] ?? start,
      status: WORST_FIRST.find((status) => met.has(toKey(providerId, index, status))) ?? null,
    }));
  return new Map(providerIds.map((id) => [id, toSlots(id)]));
}

const toKey = (providerId: string, slot: number, status: HealthStatus) => `${providerId} ${slot} ${status}`;
