import {
  DRILL_TARGET_MS,
  type DrillFinding,
  type DrillInput,
  type DrillResult,
} from '@understudy/shared/contracts/drill';
import { ConflictError, ValidationError } from '@understudy/shared/errors';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { auditAlone, type Change } from '../audit/audit-change.ts';
import { toAttempt } from '@understudy/shared/store/jobs/to-classification';
import { inStoreTime } from '../../in-store-time.ts';
import { askWorker } from '../providers/ask-worker.ts';
import { providerOrNotFound } from '../providers/provider-or-not-found.ts';

/** A drill has 12 s, and what it found must be written and read. */
const END_MS = 15_000;

/**
 * Has a worker run a job of its own in which one provider fails as asked, apart from real traffic.
 * @throws {AppError} `no_worker`; {NotFoundError} where there is no such provider; {ConflictError} `no_other_provider`;
 * {ValidationError} for `local`, which nothing can be put in front of.
 */
export async function runDrill(
  ctx: Context,
  { input, signal, ...change }: Change & { input: DrillInput; signal: AbortSignal },
): Promise<DrillResult> {
  const startedAt = performance.now();
  const provider = providerOrNotFound(await inStoreTime(findProvider(ctx.store, input.providerId)));
  if (provider.type === 'local') {
    const detail = 'is local, which makes no calls that could fail';
    throw new ValidationError([{ pointer: '/providerId', detail, code: 'not_remote' }]);
  }
  await inStoreTime(note(ctx, change, provider, input));
  const { requestId, result } = await askWorker(ctx, {
    name: 'interactive.failover-drill',
    input: { ...input, providerId: provider._id },
    endMs: END_MS,
    startedAt,
    signal,
  });
  const finding = (result ?? toUnfinished(performance.now() - startedAt)) as DrillFinding;
  if (finding.kind === 'no_other_provider') {
    throw new ConflictError('no_other_provider', 'No other provider is enabled and usable, not even local.');
  }
  const attempts = await inStoreTime(readAttempts(ctx.store, [requestId]));
  const { kind: _kind, ...found } = finding;
  const { ok, switched, switchMs } = found;
  const met = ok && switched && switchMs !== null && switchMs < DRILL_TARGET_MS;
  return {
    ...found,
    attempts: (attempts.get(requestId) ?? []).map(toAttempt),
    verdict: { target: DRILL_TARGET_MS, met },
  };
}

/** A drill spends money and time of real providers: who ran it is on record, without its text. */
async function note(ctx: Context, change: Change, { _id, name }: ProviderDocument, { fault }: DrillInput) {
  const target = { kind: 'provider', id: _id, name };
  await auditAlone(ctx, change, { action: 'provider.drilled', target, before: null, after: { fault } });
}

function toUnfinished(elapsedMs: number): DrillFinding {
  const totalMs = Math.round(elapsedMs);
  return { kind: 'ran', ok: false, switched: false, switchMs: null, totalMs, servedBy: null };
}
