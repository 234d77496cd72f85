import { toIdAt } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { within, withValues } from '../filter-parts.ts';
import { olderThan, type Page } from '../page.ts';
import type { AuditDocument } from './model.ts';

/** What the audit log is narrowed by; an absent part narrows nothing. */
export interface AuditFilter {
  /** Kind of the target, as `provider`. */
  kind?: string | undefined;
  targetId?: string | undefined;
  action?: string | undefined;
  /** The id of a token, or the name of who used it. */
  actor?: string | undefined;
  /** On `at`: `from` inclusive, `to` exclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Rows were once dated a moment after their id was made. */
const SLACK_MS = 60_000;

/** Audit rows that fit the filter, newest first; `beforeId` gives only those older than this one. */
export async function findAudit(
  store: Store,
  filter: AuditFilter,
  { limit, beforeId }: Page,
): Promise<AuditDocument[]> {
  return toNative(store.audit)
    .find({ $and: [toMatch(filter), toIdRange(filter), olderThan(beforeId)] })
    .sort({ _id: -1 })
    .limit(limit)
    .toArray();
}

function toMatch({ kind, targetId, action, actor, from, to }: AuditFilter) {
  return {
    ...withValues({ 'target.kind': kind, 'target.id': targetId, action }),
    ...(actor === undefined ? {} : { $or: [{ 'actor.tokenId': actor }, { 'actor.name': actor }] }),
    ...within('at', { from, to }),
  };
}

/** Ids hold their time, and are what rows are sorted by: so a range of long ago costs its own rows only. */
function toIdRange({ from, to }: AuditFilter) {
  if (!from && !to) return {};
  return {
    _id: {
      ...(from ? { $gte: toIdAt('aud', from.getTime() - SLACK_MS) } : {}),
      ...(to ? { $lt: toIdAt('aud', to.getTime() + SLACK_MS) } : {}),
    },
  };
}
