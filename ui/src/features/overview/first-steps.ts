import type { ProviderHealth } from '@understudy/shared/contracts/health';

export interface FirstStep {
  key: 'provider' | 'job';
  isDone: boolean;
}

/** What a fresh installation still lacks; null while that is not known, empty of open steps once all is done. */
export function toFirstSteps(
  providers: readonly ProviderHealth[] | undefined,
  newestJobs: readonly unknown[] | undefined,
): FirstStep[] | null {
  if (!providers || !newestJobs) return null;
  return [
    { key: 'provider', isDone: providers.some((row) => row.provider.type !== 'local') },
    { key: 'job', isDone: newestJobs.length > 0 },
  ];
}
