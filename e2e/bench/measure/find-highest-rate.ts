import { quantile } from './quantile.ts';
import type { Sent } from './send-at-rate.ts';

export interface Held {
  perSecond: number;
  p99Ms: number;
}

/** Goes up the rates, in order, until one is not held. @returns the last that was; null where not even the first */
export async function findHighestRate(
  rates: readonly number[],
  send: (perSecond: number) => Promise<Sent>,
  belowMs: number,
): Promise<Held | null> {
  let held: Held | null = null;
  for (const perSecond of rates) {
    const { ms, failed } = await send(perSecond);
    const p99Ms = quantile(ms, 0.99);
    if (failed > 0 || p99Ms >= belowMs) break;
    held = { perSecond, p99Ms };
  }
  return held;
}
