import type { DrillFinding, DrillInput } from '@understudy/shared/contracts/drill';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { createDispatch, type DispatchDeps } from '../dispatch/dispatch.ts';
import type { DispatchReport } from '../dispatch/dispatch-report.ts';
import type { Admission } from '../dispatch/admission/admission.ts';
import { createLocalAdmission } from '../dispatch/admission/local-admission.ts';
import type { DispatchInput } from '../dispatch/pass.ts';
import { isLocal } from '../dispatch/select.ts';
import { toLabels } from '../label-sets.ts';
import type { CreateAdapter } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { createDrillAdmission } from './drill-admission.ts';
import { createDrillRecorder, type DrillRecorderDeps } from './drill-recorder.ts';
import { createSickProvider } from './sick-provider.ts';

export interface RunDrillDeps
  extends DrillRecorderDeps, Pick<DispatchDeps, 'failovers' | 'latencies' | 'order' | 'random'> {
  pool: DispatchDeps['pool'];
  admission: Admission;
  settings: { current: DispatchDeps['settings'] };
  createAdapter: CreateAdapter;
}

export interface Drill extends Pick<DrillInput, 'fault' | 'text' | 'labels'> {
  id: string;
  provider: ProviderDocument;
}

/** Long enough for a provider that is silent and one more; whoever waits is not kept for longer. */
const BUDGET_MS = 12_000;
const CLIENT = 'default';

/**
 * Runs a job of its own through the real dispatch, in which one provider fails as asked. Its gate is the drill's own;
 * whoever takes over is called within its limits and budget. What was learned of the providers' answers is read, not
 * added to.
 */
export async function runDrill(deps: RunDrillDeps, drill: Drill): Promise<DrillFinding> {
  const { clock } = deps;
  const others = listOthers(deps, drill.provider._id);
  if (others.length === 0) return { kind: 'no_other_provider' };
  const sick = createSickProvider(drill.provider, drill.fault, deps.createAdapter);
  const startedMs = clock.monotonic();
  try {
    const { report, failover } = await dispatchDrill(deps, drill, [sick, ...others]);
    return toFinding(report, failover, Math.round(clock.monotonic() - startedMs));
  } finally {
    await sick.adapter.close();
  }
}

/** Who could take over, in the order of the strategy, `local` at the end. */
function listOthers({ pool, order }: RunDrillDeps, sickId: string): PooledProvider[] {
  const usable = pool
    .list()
    .filter(({ provider }) => provider._id !== sickId && provider.enabled && !provider.flagged);
  return [...order(usable.filter((pooled) => !isLocal(pooled))), ...usable.filter(isLocal)];
}

async function dispatchDrill(
  deps: RunDrillDeps,
  drill: Drill,
  providers: readonly PooledProvider[],
): Promise<{ report: DispatchReport; failover: FailoverDocument | null }> {
  const { clock, failovers } = deps;
  const sickId = drill.provider._id;
  const switches: FailoverDocument[] = [];
  const settings = () => ({
    ...deps.settings.current(),
    paused: false,
    failoverEnabled: true,
    dispatchBudgetMs: BUDGET_MS,
  });
  const own = createLocalAdmission({ settings, clock });
  const admission = createDrillAdmission({ sickId, own, fleet: deps.admission });
  const dispatch = createDispatch({
    ...deps,
    pool: {
      list: () => [...providers],
      get: (id) => providers.find(({ provider }) => provider._id === id) ?? null,
    },
    settings,
    admission,
    recorder: createDrillRecorder(deps, sickId),
    failovers: {
      record(failover) {
        switches.push(failover);
        failovers.record(failover);
      },
    },
    flag: () => {},
  });
  try {
    const report = await dispatch(toDispatchInput(drill, providers, clock));
    return { report, failover: switches.find(({ from }) => from.id === sickId) ?? null };
  } finally {
    admission.dispose();
  }
}

function toDispatchInput(
  { id, text, labels }: Drill,
  providers: readonly PooledProvider[],
  clock: Clock,
): DispatchInput {
  return {
    job: {
      _id: id,
      client: CLIENT,
      // Each is listed, since only a job that lists `local` may go to it at once.
      providers: providers.map(({ provider }) => provider._id),
      allowDegraded: true,
      deadlineMs: BUDGET_MS,
      deadlineAt: new Date(clock.now() + BUDGET_MS),
      attemptCount: 0,
    },
    request: {
      text,
      labelSet: {
        labels: toLabels(labels),
        multiLabel: false,
        threshold: null,
        instructions: null,
        cacheKey: null,
      },
      explain: false,
    },
    claim: {
      jobId: id,
      token: id,
      signal: new AbortController().signal,
      loss: () => null,
      isHeld: () => true,
      release: () => {},
    },
    jobEndsAt: clock.monotonic() + BUDGET_MS,
    isDrill: true,
  };
}

function toFinding(
  { end }: DispatchReport,
  failover: FailoverDocument | null,
  totalMs: number,
): DrillFinding {
  return {
    kind: 'ran',
    ok: end.kind === 'succeeded',
    switched: failover !== null && failover.to !== null,
    switchMs: failover?.to ? failover.switchMs : null,
    totalMs,
    servedBy: end.kind === 'succeeded' ? end.provider : null,
  };
}
