import type { JobFilter } from '../../api/jobs.ts';
import type { JobState } from '@understudy/shared/contracts/classification';
import { toLocalTime } from '../../format/time.ts';

/** The filters of the explorer as they stand in the address; an empty one means none. */
export const FILTERS = {
  state: '',
  label: '',
  provider: '',
  classifier: '',
  client: '',
  batchId: '',
  errorCode: '',
  fault: '',
  degraded: '',
  metadata: '',
  since: '',
  from: '',
  to: '',
};
export type JobFilters = Partial<typeof FILTERS>;

export const SINCE = { '1h': 'last hour', '24h': 'last 24 hours', '7d': 'last 7 days' } as const;
const SINCE_MS: Record<string, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 };

/**
 * What the list and the bulk actions are asked with. `metadata` is `key=value`. What has no meaning is asked, too, so
 * that the API says so: left out, more jobs would be meant than the address says.
 */
export function toFilter(
  { since, state, label, metadata, ...others }: JobFilters,
  now = Date.now(),
): JobFilter {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(metadata ?? '') ?? [];
  const sinceMs = SINCE_MS[since ?? ''];
  return {
    ...(Object.fromEntries(Object.entries(others).filter(([, text]) => text)) as object),
    ...(state ? { state: state.split(',') as JobState[] } : {}),
    ...(label ? { label: label.split(',') } : {}),
    ...(metadata ? { [key ? `metadata.${key.trim()}` : 'metadata']: value?.trim() ?? metadata } : {}),
    // Whole minutes, so that the same view is the same question for a while.
    ...(since
      ? { from: sinceMs ? new Date(Math.floor((now - sinceMs) / 60_000) * 60_000).toISOString() : since }
      : {}),
  };
}

/** The times that a link set as bounds, in words: `from 14:05`. One that is no time stands as it is. */
export function toBounds(filters: JobFilters, now: Date): { name: 'from' | 'to'; words: string }[] {
  return (['from', 'to'] as const).flatMap((name) => {
    const typed = filters[name];
    if (!typed) return [];
    const at = new Date(typed);
    return [{ name, words: `${name} ${Number.isNaN(at.getTime()) ? typed : toLocalTime(at, now)}` }];
  });
}
