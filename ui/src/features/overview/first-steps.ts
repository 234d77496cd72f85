import type { ClassificationRow } from '@understudy/shared/contracts/classification';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Scope } from '@understudy/shared/contracts/scope';
import type { Token } from '@understudy/shared/contracts/token';

export type FirstStepKey = 'provider' | 'test' | 'token' | 'job';

export interface FirstStep {
  key: FirstStepKey;
  isDone: boolean;
}

interface FirstStepFacts {
  providers: readonly Provider[] | undefined;
  jobs: readonly ClassificationRow[] | undefined;
  tokens: readonly Token[] | undefined;
  /** Whether a test was passed a moment ago; no record says so later. */
  isTested: boolean;
  can: (scope: Scope) => boolean;
}

/** The token that the installation itself has; nobody issued it. */
const BOOTSTRAP = 'tok_bootstrap';

/** What a fresh installation still lacks, as far as somebody may do it; null while that is not known. */
export function toFirstSteps({ providers, jobs, tokens, isTested, can }: FirstStepFacts): FirstStep[] | null {
  if (!jobs || (can('providers:write') && !providers) || (can('admin') && !tokens)) return null;
  const hasRemote = providers?.some(({ type }) => type !== 'local') ?? false;
  const isAnswered = jobs.some(({ provider }) => provider !== null && provider.type !== 'local');
  const steps: (FirstStep & { needs: Scope })[] = [
    { key: 'provider', needs: 'providers:write', isDone: hasRemote },
    { key: 'test', needs: 'providers:write', isDone: isTested || isAnswered },
    { key: 'token', needs: 'admin', isDone: tokens?.some(({ id }) => id !== BOOTSTRAP) ?? false },
    { key: 'job', needs: 'jobs:write', isDone: jobs.length > 0 },
  ];
  return steps.filter(({ needs }) => can(needs)).map(({ key, isDone }) => ({ key, isDone }));
}
