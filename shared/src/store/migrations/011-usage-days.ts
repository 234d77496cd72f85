import { toNative } from '../define-model.ts';
import type { UsageDayDocument } from '../usage/day-model.ts';
import { addBucket, createUsageSum } from '../usage/to-usage-totals.ts';
import type { Migration } from './migration.ts';

const DAY_MS = 86_400_000;
/** None that a process counts into. */
const BEFORE = -1;

/** Days of real traffic, made from the hours there are. */
export const usageDays: Migration = {
  number: 11,
  name: 'usage-days',
  async up({ usageBuckets, usageDays }) {
    await usageDays.collection.createIndexes([{ key: { providerId: 1, at: 1 }, name: 'provider' }]);
    const days = new Map<string, UsageDayDocument>();
    for await (const hour of toNative(usageBuckets).find({ purpose: 'job' })) {
      const at = new Date(Math.floor(hour.at.getTime() / DAY_MS) * DAY_MS);
      const { providerId } = hour;
      const _id = [at.toISOString(), providerId, BEFORE].join('\n');
      const counters = { failures: 0, aborted: 0, degraded: 0 };
      const day = days.get(_id) ?? { _id, at, providerId, shard: BEFORE, ...createUsageSum(), ...counters };
      days.set(_id, day);
      addBucket(day, hour);
      for (const counter of ['failures', 'aborted', 'degraded'] as const) day[counter] += hour[counter];
    }
    // Whole, so that a second run after a crash makes the same.
    for (const { _id, ...day } of days.values()) {
      await toNative(usageDays).replaceOne({ _id }, day, { upsert: true });
    }
  },
};
