import { toCircuitKey } from '@understudy/shared/fleet/keys';

/** The keys of one provider's record, in the order in which the scripts name them. `month` is like `2026-11`. */
export function toRecordKeys(prefix: string, providerId: string, month: string): string[] {
  const circuit = toCircuitKey(prefix, providerId);
  const others = ['outcomes', 'calls', 'requests', 'tokens', 'hedges'];
  const monthly = ['budget', 'reserved', 'unsettled'].map((part) => `${part}:${month}`);
  return [circuit, ...[...others, ...monthly].map((part) => `${circuit}:${part}`)];
}

/** Where what a month has spent is kept, among these. */
export const toBudgetKey = (prefix: string, providerId: string, month: string): string =>
  `${toCircuitKey(prefix, providerId)}:budget:${month}`;

/** When the month after this one begins; milliseconds since 1970. */
export function toMonthEnd(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

/** Where every change of a circuit or cooldown is told, by the provider's id. */
export function toChannel(prefix: string): string {
  return `${prefix}:fleet:changes`;
}

/** What a process writes to see whether Redis takes writes. */
export function toCheckKey(prefix: string): string {
  return `${prefix}:fleet:check`;
}
