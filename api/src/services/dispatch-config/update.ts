import { isDeepStrictEqual } from 'node:util';
import { dispatchConfig, type DispatchConfigPart } from '@understudy/shared/contracts/dispatch-config';
import { coversScope } from '@understudy/shared/contracts/scope';
import { ForbiddenError } from '@understudy/shared/errors';
import { readVersionedDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';
import { writeDispatchConfig } from '@understudy/shared/store/settings/write-dispatch-config';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import type { Context } from '../../context.ts';
import { assertMatches } from '../../http/etag.ts';
import { mergePatch } from '../../http/merge-patch.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { refreshCaches } from '../refresh-caches.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { toTagged, type TaggedDispatchConfig } from './get.ts';

interface ConfigChange extends Change {
  part: DispatchConfigPart;
  ifMatch: string | undefined;
}

/** What decides on data that is kept and on the whole service's load, not on providers. */
const FOR_ADMINS = ['retention', 'maxWaitingJobs'] as const satisfies (keyof DispatchConfigPart)[];
const TARGET = { kind: 'config', id: 'dispatch', name: 'dispatch' };

/**
 * Changes what the part names, nested too, in one transaction that begins again where it met another change. What
 * changes nothing makes no new version. @throws {ForbiddenError} for an administrator's fields; `stale`.
 */
export async function updateDispatchConfig(
  ctx: Context,
  { part, ifMatch, ...change }: ConfigChange,
): Promise<TaggedDispatchConfig> {
  const { store, clock } = ctx;
  const isAdmin = coversScope(change.viewer.scopes, 'admin');
  if (!isAdmin && FOR_ADMINS.some((key) => key in part)) throw new ForbiddenError('admin');
  const updated = await inTransaction(store, async (session) => {
    const current = await readVersionedDispatchConfig(store, session);
    assertMatches(ifMatch, toTagged(current).etag);
    const { version, ...before } = current;
    const after = parseInput(dispatchConfig, mergePatch(before, part), toBodyPointer);
    if (isDeepStrictEqual(before, after)) return current;
    const next = { config: after, version: version + 1, now: new Date(clock.now()) };
    await writeDispatchConfig(store, next, session);
    await auditChange(ctx, change, { action: 'config.updated', target: TARGET, before, after }, session);
    await bumpVersion(store, 'config', session);
    return { ...after, version: next.version };
  });
  await refreshCaches(ctx);
  return toTagged(updated);
}
