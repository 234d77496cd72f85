import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toNameKeys } from '@understudy/shared/store/providers/to-name-keys';
import type { PooledProvider } from '../providers/provider-pool.ts';

/**
 * A strategy: the order in which providers that nobody named are tried. It is given those only that it may choose
 * from, never `local`.
 */
export type OrderProviders = (providers: readonly PooledProvider[]) => PooledProvider[];

/** Lower priority first, then by name. */
export const byPriority: OrderProviders = (providers) =>
  providers.toSorted(
    (a, b) =>
      a.provider.priority - b.provider.priority || a.reference.name.localeCompare(b.reference.name, 'en'),
  );

export interface Selection {
  /** Whom to ask, in this order. */
  candidates: PooledProvider[];
  /** Who may step in once every candidate has failed or is open and the job is old enough. */
  understudies: PooledProvider[];
  /** Who would have been asked, were they enabled. */
  disabled: PooledProvider[];
}

interface SelectInput {
  job: Pick<JobDocument, 'providers' | 'allowDegraded'>;
  providers: readonly PooledProvider[];
  order: OrderProviders;
  /** Without failover only the first candidate is asked, and nobody steps in. */
  failoverEnabled: boolean;
}

/**
 * Whom a job may go to. A job that names its providers gets those in its order, `local` among them only if named.
 * Any other gets what the strategy orders; `local` is a candidate only where nobody else is enabled, and otherwise
 * an understudy if the job allows degraded answers.
 */
export function select({ job, providers, order, failoverEnabled }: SelectInput): Selection {
  const selection = job.providers
    ? selectNamed(job.providers, providers)
    : selectByStrategy(job.allowDegraded, providers, order);
  if (failoverEnabled) return selection;
  return { ...selection, candidates: selection.candidates.slice(0, 1), understudies: [] };
}

function selectNamed(namesOrIds: readonly string[], providers: readonly PooledProvider[]): Selection {
  const named = namesOrIds.flatMap((name) => {
    const key = name.toLowerCase();
    const present = providers.find(
      ({ provider }) => provider._id === name || provider.name.toLowerCase() === key,
    );
    return present ?? providers.find(({ provider }) => toNameKeys(provider).includes(key)) ?? [];
  });
  const unique = [...new Set(named)];
  return { ...splitEnabled(unique), understudies: [] };
}

function selectByStrategy(
  allowDegraded: boolean,
  providers: readonly PooledProvider[],
  order: OrderProviders,
): Selection {
  const { candidates: enabled, disabled } = splitEnabled(providers);
  const others = enabled.filter((entry) => !isLocal(entry));
  const locals = byPriority(enabled.filter(isLocal));
  // A disabled provider is worth a line only where it explains why nobody at all was asked.
  if (enabled.length === 0) return { candidates: [], understudies: [], disabled };
  if (others.length === 0) return { candidates: locals, understudies: [], disabled: [] };
  return { candidates: order(others), understudies: allowDegraded ? locals : [], disabled: [] };
}

function splitEnabled(providers: readonly PooledProvider[]) {
  return {
    candidates: providers.filter(({ provider }) => provider.enabled),
    disabled: providers.filter(({ provider }) => !provider.enabled),
  };
}

export function isLocal({ provider }: PooledProvider): boolean {
  return provider.type === 'local';
}
