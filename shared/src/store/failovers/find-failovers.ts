import type { FaultKind } from '../../contracts/fault.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { within, withValues } from '../filter-parts.ts';
import { olderThan, type Page } from '../page.ts';
import type { FailoverDocument } from './model.ts';

/** What the failover log is narrowed by; an absent part narrows nothing. */
export interface FailoverFilter {
  client?: string | undefined;
  jobId?: string | undefined;
  /** Who failed or took over: one of these ids, or a provider that had this name then. */
  provider?: { ids: readonly string[]; name: string } | undefined;
  fault?: FaultKind | undefined;
  drill?: boolean | undefined;
  /** On `at`: `from` inclusive, `to` exclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Failovers that fit the filter, newest first; `beforeId` gives only those older than this one. */
export async function findFailovers(
  store: Store,
  filter: FailoverFilter,
  { limit, beforeId }: Page,
): Promise<FailoverDocument[]> {
  return toNative(store.failovers)
    .find({ ...toMatch(filter), ...olderThan(beforeId) })
    .sort({ _id: -1 })
    .limit(limit)
    .toArray();
}

function toMatch({ provider, from, to, client, jobId, fault, drill }: FailoverFilter) {
  return {
    ...withValues({ client, jobId, fault, drill }),
    ...(provider ? { $or: toSides(provider) } : {}),
    ...within('at', { from, to }),
  };
}

/** Each branch has an index of its own, so that the log of one provider costs its rows only. */
function toSides({ ids, name }: { ids: readonly string[]; name: string }) {
  return [
    { 'from.id': { $in: [...ids] } },
    { 'to.id': { $in: [...ids] } },
    { 'from.name': name },
    { 'to.name': name },
  ];
}
