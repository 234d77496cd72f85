import { createId } from '@understudy/shared/ids';
import type { ProviderReference } from '@understudy/shared/contracts/classification';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import type { FailoverRecorder } from './record-failover.ts';
import type { Pass } from './pass.ts';

/** Whom a dispatch tried last, and how that failed; its next switch starts here. */
export interface LastTry {
  provider: ProviderReference;
  /** Start of the first try at it, on the monotonic clock. */
  startedMs: number;
  /** Null as long as it has not failed, or where it failed by a defect of ours. */
  fault: FaultKind | null;
}

interface FailoverDeps {
  failovers: Pick<FailoverRecorder, 'record'>;
  clock: Clock;
}

type Switching = Pick<Pass, 'job' | 'lastTry'>;

/** Notes that a try at a provider starts; where another failed before it, that is a failover. */
export function noteTry(
  deps: FailoverDeps,
  pass: Switching,
  provider: ProviderReference,
  startedMs: number,
): void {
  // Once more at the same provider is no switch, and the first try is what counts.
  if (pass.lastTry?.provider.id === provider.id) return;
  recordSwitch(deps, pass, provider, startedMs);
  pass.lastTry = { provider, startedMs, fault: null };
}

/** Notes how the provider that was tried last failed, once it will not be asked again. */
export function noteFault({ lastTry }: Switching, fault: FaultKind): void {
  if (lastTry) lastTry.fault = fault;
}

/** Notes that nobody is left to switch to. */
export function noteNobodyLeft(deps: FailoverDeps, pass: Switching): void {
  recordSwitch(deps, pass, null, deps.clock.monotonic());
}

function recordSwitch(
  { failovers, clock }: FailoverDeps,
  { job, lastTry }: Switching,
  to: FailoverDocument['to'],
  atMs: number,
) {
  if (!lastTry || lastTry.fault === null) return;
  failovers.record({
    _id: createId('fov'),
    at: new Date(clock.now()),
    jobId: job._id,
    client: job.client,
    from: lastTry.provider,
    to,
    fault: lastTry.fault,
    switchMs: Math.round(atMs - lastTry.startedMs),
    hedge: false,
    drill: false,
  });
}
