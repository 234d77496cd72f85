import { dispatchConfig, type DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { expect, it } from 'vitest';
import { toPreview } from './preview.ts';

const preview = (change: Partial<DispatchConfig> = {}, timeoutMs = 10_000) =>
  toPreview({ ...dispatchConfig.parse({}), ...change }, timeoutMs);

it('starts the next beside a silent one, as the hedge says', () => {
  const { bars } = preview({ hedgeAfterMs: 1_000 });
  expect(bars).toMatchObject([
    { name: 'first', fromMs: 0, toMs: 1_800 },
    { name: 'next', fromMs: 1_000, toMs: 1_800 },
  ]);
});

it('cuts and switches where nothing may be hedged', () => {
  const { bars } = preview({ hedgeMaxShare: 0 });
  expect(bars[0]?.toMs).toBe(bars[1]?.fromMs);
});

it('ends a call at its time-out where that comes first', () => {
  expect(preview({}, 1_000).bars[1]?.fromMs).toBe(1_000);
});

it('asks nobody else without failover', () => {
  expect(preview({ failoverEnabled: false }).bars).toHaveLength(1);
});

it('reaches as far as the last thing that it tells', () => {
  const { endMs, events } = preview({ degradedAfterMs: 60_000 });
  for (const { atMs } of events) expect(atMs).toBeLessThan(endMs);
});
