import type { AuditQuery, AuditRow } from '@understudy/shared/contracts/audit';
import { findAudit } from '@understudy/shared/store/audit/find-audit';
import type { AuditDocument } from '@understudy/shared/store/audit/model';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';

/** A page of the audit log, newest first. */
export async function listAudit(
  ctx: Context,
  query: AuditQuery,
): Promise<{ data: AuditRow[]; nextCursor: string | null }> {
  const { items, nextCursor } = await readPage(query, 'aud', (page) => findAudit(ctx.store, query, page));
  return { data: items.map(toAuditEntry), nextCursor };
}

function toAuditEntry({ _id, at, actor, action, target, before, after, requestId }: AuditDocument): AuditRow {
  return {
    id: _id,
    at: at.toISOString(),
    actor: { tokenId: actor.tokenId, name: actor.name },
    action,
    target: { kind: target.kind, id: target.id, name: target.name },
    before: before ?? null,
    after: after ?? null,
    requestId: requestId ?? null,
  };
}
