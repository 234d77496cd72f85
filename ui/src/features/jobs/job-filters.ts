import type { JobFilter } from '../../api/jobs.ts';
import type { JobState } from '@understudy/shared/contracts/classification';

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

/** What the list and the bulk actions are asked with. `metadata` is `key=value`. */
export function toFilter(
  { since, state, label, degraded, metadata, ...others }: JobFilters,
  now = Date.now(),
): JobFilter {
  const [key, ...value] = (metadata ?? '').split('=');
  const sinceMs = SINCE_MS[since ?? ''];
  return {
    ...(Object.fromEntries(Object.entries(others).filter(([, text]) => text)) as object),
    ...(state ? { state: state.split(',') as JobState[] } : {}),
    ...(label ? { label: label.split(',') } : {}),
    ...(degraded ? { degraded: degraded === 'true' } : {}),
    ...(key && value.length > 0 ? { [`metadata.${key.trim()}`]: value.join('=').trim() } : {}),
    // Whole minutes, so that the same view is the same question for a while.
    ...(sinceMs ? { from: new Date(Math.floor((now - sinceMs) / 60_000) * 60_000).toISOString() } : {}),
  };
}
