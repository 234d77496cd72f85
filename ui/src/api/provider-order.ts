import type { Provider } from '@understudy/shared/contracts/provider';

export type Move = 'up' | 'down' | 'first';
export type Ordered = Pick<Provider, 'id' | 'priority'>;

/** Between two priorities, so that one more fits in later. */
const STEP = 10;
const MAX_PRIORITY = 1_000;

/**
 * The priorities to be written so that one provider stands elsewhere in the order: of those in the list, which is in the
 * order in which they are tried, only those that differ.
 */
export function toPriorities(providers: readonly Ordered[], id: string, move: Move): Ordered[] {
  const from = providers.findIndex((provider) => provider.id === id);
  const moved = providers[from];
  if (!moved) return [];
  const to = Math.min(Math.max({ up: from - 1, down: from + 1, first: 0 }[move], 0), providers.length - 1);
  if (to === from) return [];
  const order = providers.toSpliced(from, 1).toSpliced(to, 0, moved);
  const room = toRoom(order[to - 1]?.priority, order[to + 1]?.priority);
  if (room !== null) return [{ id, priority: room }];
  // No number is left in between: all of them are numbered anew.
  const step = Math.max(1, Math.min(STEP, Math.floor(MAX_PRIORITY / order.length)));
  return order
    .map((provider, index) => ({ id: provider.id, priority: Math.min((index + 1) * step, MAX_PRIORITY) }))
    .filter((next) => providers.find((provider) => provider.id === next.id)?.priority !== next.priority);
}

/** A number above one priority and below another, null where there is none. */
function toRoom(before: number | undefined, after: number | undefined): number | null {
  const low = before ?? -1;
  const high = after ?? low + 2 * STEP;
  const middle = Math.floor((low + high) / 2);
  return middle > low && middle < high && middle <= MAX_PRIORITY ? middle : null;
}
