import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPeriodicService } from './lifecycle.ts';
import { createLogger } from './logger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('says once that its runs fail, however often, and once that they work again', async () => {
  const logger = createLogger({ role: 'test', level: 'silent' });
  const warn = vi.spyOn(logger, 'warn');
  const info = vi.spyOn(logger, 'info');
  let isAway = true;
  let runs = 0;
  const runOnce = async () => {
    runs += 1;
    if (isAway) throw new Error('away');
  };
  const service = createPeriodicService({ name: 'watch', intervalMs: 1_000, runOnce, logger });
  await service.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toBeGreaterThan(50);
  expect(warn).toHaveBeenCalledTimes(1);
  isAway = false;
  await vi.advanceTimersByTimeAsync(5_000);
  await service.stop();
  expect(info).toHaveBeenCalledTimes(1);
  expect(warn).toHaveBeenCalledTimes(1);
});
