import type { FaultKind } from '../../contracts/fault.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { within, withValues } from '../filter-parts.ts';
import { olderThan, type Page } from '../page.ts';
import type { FailoverDocument } from './model.ts';

/** What the failover log is narrowed by; an absent part narrows nothing. */
export interface FailoverFilter {
  /** Whose jobs; drills, which are no client's, are there for every client. */
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
  const older = olderThan(beforeId);
  return toNative(store.failovers)
    .find({ ...toMatch(filter, older), ...older })
    .sort({ _id: -1 })
    .limit(limit)
    .toArray();
}

function toMatch(
  { provider, from, to, client, jobId, fault, drill }: FailoverFilter,
  older: ReturnType<typeof olderThan>,
) {
  const either = [
    ...(provider ? [toSides(provider)] : []),
    ...(client !== undefined && drill === undefined ? [toOwn(client, older)] : []),
  ];
  return {
    ...withValues({ client: drill === false ? client : undefined, jobId, fault, drill }),
    ...(either.length > 0 ? { $and: either.map(($or) => ({ $or })) } : {}),
    ...within('at', { from, to }),
  };
}

/** Both with `older`: the planner does not hand it down to a partial index, such as that of drills. */
function toOwn(client: string, older: ReturnType<typeof olderThan>) {
  return [
    { client: { $eq: client }, ...older },
    { drill: true, ...older },
  ];
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
