import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import { inSpan } from '@understudy/shared/runtime/tracing/tracing';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toAcceptedAt } from '@understudy/shared/store/jobs/to-accepted-at';
import { DEADLINE_EXCEEDED } from '@understudy/shared/store/jobs/to-final';
import type { PooledProvider, ProviderPool } from '../providers/provider-pool.ts';
import { conclude, judge } from './conclude.ts';
import { isJobOver } from './deadline.ts';
import { toNextTryAt } from './defer.ts';
import type { DispatchEnd, DispatchReport } from './dispatch-report.ts';
import { noteReport, toDispatchSpan } from './dispatch-span.ts';
import { noteFault, noteNobodyLeft } from './failovers.ts';
import { askInTurn, type HedgeDeps } from './hedge.ts';
import {
  listEnds,
  listFull,
  listRejections,
  listThrottling,
  toDegradeAt,
  toPassedOver,
  type DispatchInput,
  type Pass,
} from './pass.ts';
import { isLocal, select, type OrderProviders } from './select.ts';

export interface DispatchDeps extends HedgeDeps {
  pool: Pick<ProviderPool, 'list' | 'get'>;
  settings: () => DispatchConfig;
  order: OrderProviders;
}

export type Dispatch = (input: DispatchInput) => Promise<DispatchReport>;

/** How long a dispatch stands in line at providers that are merely full, before the job is deferred. */
const ROOM_WAIT_MS = 2_000;
const PAUSED_MS = 5_000;

/** One pass over the providers: in order, until one answers or nobody is left. */
export function createDispatch(deps: DispatchDeps): Dispatch {
  const dispatch: Dispatch = async (input) => {
    const pass = begin(deps, input);
    const end = pass.settings.paused ? toPaused(deps.clock, pass) : await run(deps, pass);
    // What ends may leave more to be written.
    while (pass.settling.length > 0) await Promise.all(pass.settling.splice(0));
    return { end, passedOver: toPassedOver(pass), rejectedBy: listRejections(pass), attempts: pass.attempts };
  };
  return (input) =>
    inSpan(
      deps.tracing,
      () => toDispatchSpan(input),
      async (span) => {
        const report = await dispatch(input);
        if (span) noteReport(span, deps, report);
        return report;
      },
    );
}

function begin({ settings, clock }: DispatchDeps, input: DispatchInput): Pass {
  const dispatchEndsAt = clock.monotonic() + settings().dispatchBudgetMs;
  const budget = { dispatchEndsAt, jobEndsAt: input.jobEndsAt };
  const lastNumber = Promise.resolve(input.job.attemptCount);
  const record = { ends: new Map(), lastNumber, attempts: [], tries: [], settling: [] };
  return { isDrill: false, ...input, settings: settings(), budget, ...record };
}

async function run(deps: DispatchDeps, pass: Pass): Promise<DispatchEnd> {
  const { pool, order } = deps;
  const { failoverEnabled } = pass.settings;
  const chosen = select({ job: pass.job, providers: pool.list(), order, failoverEnabled });
  for (const pooled of chosen.disabled) passOver(pass, pooled);
  return (
    (await askAll(deps, pass, chosen.candidates)) ??
    (await askWhenFree(deps, pass)) ??
    (await askUnderstudies(deps, pass, chosen.understudies)) ??
    giveUp(deps, pass, chosen.understudies)
  );
}

/** @returns null where nobody answered and the dispatch goes on. */
async function askAll(
  deps: DispatchDeps,
  pass: Pass,
  candidates: readonly PooledProvider[],
): Promise<DispatchEnd | null> {
  let verdict: JobDocument['error'] = null;
  const isOpen = () => verdict === null;
  for await (const { pooled, asked } of askInTurn(deps, pass, { candidates, isOpen })) {
    const { _id: id } = pooled.provider;
    if (asked.kind === 'lost') return { kind: 'lost' };
    if (asked.kind === 'answered') {
      // It may have been full before: then it was not passed over after all.
      pass.ends.delete(id);
      const { result } = asked;
      return { kind: 'succeeded', result, provider: pooled.reference, degraded: isLocal(pooled) };
    }
    if (asked.kind === 'faulted') noteFault(deps, pass, id, asked.fault.kind);
    pass.ends.set(id, { pooled, end: asked });
    // Whoever is being asked beside it may answer all the same.
    verdict ??= judge(listEnds(pass), asked, pass.settings.contentFilterFailover);
  }
  return verdict && { kind: 'failed', error: verdict };
}

function passOver({ ends }: Pass, pooled: PooledProvider) {
  ends.set(pooled.provider._id, { pooled, end: { kind: 'passed_over', reason: 'disabled', untilAt: null } });
}

/** Stands in line at those that are merely full: that is shorter than the way through the ledger. */
async function askWhenFree(deps: DispatchDeps, pass: Pass): Promise<DispatchEnd | null> {
  if (listFull(pass).length === 0) return null;
  const patience = AbortSignal.any([pass.claim.signal, AbortSignal.timeout(ROOM_WAIT_MS)]);
  for (let full = listFull(pass); full.length > 0 && !patience.aborted; full = listFull(pass)) {
    const ids = full.map(({ provider }) => provider._id);
    await deps.admission.untilReleased(ids, patience);
    const end = await askAll(deps, pass, full);
    if (end) return end;
  }
  return null;
}

async function askUnderstudies(
  deps: DispatchDeps,
  pass: Pass,
  understudies: readonly PooledProvider[],
): Promise<DispatchEnd | null> {
  const conclusion = conclude(listEnds(pass));
  if (conclusion.kind === 'failed' || !conclusion.mayDegrade) return null;
  if (deps.clock.now() < toDegradeAt(pass)) return null;
  const end = await askAll(deps, pass, understudies);
  return end?.kind === 'succeeded' ? { ...end, stoodIn: true } : end;
}

function giveUp(deps: DispatchDeps, pass: Pass, understudies: readonly PooledProvider[]): DispatchEnd {
  const { clock, random } = deps;
  noteNobodyLeft(deps, pass);
  const ends = listEnds(pass);
  const conclusion = conclude(ends);
  if (conclusion.kind === 'failed') return conclusion;
  if (isJobOver(pass.budget, clock.monotonic())) return { kind: 'failed', error: DEADLINE_EXCEEDED };
  const nowMs = clock.now();
  const degradeAt = toDegradeAt(pass);
  const mayDegradeLater = conclusion.mayDegrade && understudies.length > 0 && nowMs < degradeAt;
  const nextTryAt = toNextTryAt({
    ends,
    nowMs,
    acceptedAt: toAcceptedAt(pass.job),
    deadlineAt: pass.job.deadlineAt,
    degradeAt: mayDegradeLater ? degradeAt : null,
    random: random(),
  });
  const { reason, byLimit } = conclusion;
  const throttledBy = listThrottling(pass);
  return { kind: 'deferred', deferred: { reason, nextTryAt, throttledBy, byLimit } };
}

function toPaused(clock: Clock, { job }: Pass): DispatchEnd {
  const nextTryAt = new Date(Math.min(clock.now() + PAUSED_MS, job.deadlineAt.getTime()));
  return { kind: 'deferred', deferred: { reason: 'paused', nextTryAt } };
}
