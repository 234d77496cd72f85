import { toNative } from '../define-model.ts';
import type { UsageDayDocument } from '../usage/day-model.ts';
import type { Migration } from './migration.ts';

const DAY_MS = 86_400_000;
/** None that a process counts into. */
const BEFORE = -1;

/** What a day had when this was written. */
const COUNTERS = [
  'requests',
  'successes',
  'failures',
  'aborted',
  'degraded',
  'inputTokens',
  'outputTokens',
  'costNanoUsd',
  'estimatedNanoUsd',
  'durationMs',
] as const;
const MAPS = ['faults', 'pricing', 'latency'] as const;

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
      const day = days.get(_id) ?? createDay({ _id, at, providerId });
      days.set(_id, day);
      for (const counter of COUNTERS) day[counter] += hour[counter];
      for (const map of MAPS) {
        for (const [key, count] of Object.entries(hour[map])) day[map][key] = (day[map][key] ?? 0) + count;
      }
    }
    // Whole, so that a second run after a crash makes the same.
    for (const { _id, ...day } of days.values()) {
      await toNative(usageDays).replaceOne({ _id }, day, { upsert: true });
    }
  },
};

function createDay(key: Pick<UsageDayDocument, '_id' | 'at' | 'providerId'>): UsageDayDocument {
  return {
    ...key,
    shard: BEFORE,
    requests: 0,
    successes: 0,
    failures: 0,
    aborted: 0,
    degraded: 0,
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: 0,
    estimatedNanoUsd: 0,
    durationMs: 0,
    faults: {},
    pricing: {},
    latency: {},
  };
}
