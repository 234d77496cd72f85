import { createId } from '@understudy/shared/ids';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { FailoverRecorder } from './record-failover.ts';
import type { Pass, Try } from './pass.ts';

interface FailoverDeps {
  failovers: Pick<FailoverRecorder, 'record'>;
  clock: Clock;
  tracing?: Tracing | null;
}

type Switching = Pick<Pass, 'job' | 'tries' | 'isDrill'>;

/** Notes that a try at a provider starts; where the one before it has failed, that is a failover. */
export function noteTry(
  deps: FailoverDeps,
  pass: Switching,
  { provider, startedMs, hedge }: Pick<Try, 'provider' | 'startedMs' | 'hedge'>,
): void {
  // Once more at the same provider is no switch, and the first try is what counts.
  if (pass.tries.some((made) => made.provider.id === provider.id)) return;
  pass.tries.push({ provider, startedMs, hedge, fault: null, isTold: false });
  tellSwitches(deps, pass);
}

/** Notes how a provider failed, once it will not be asked again; where the next is under way, that is a failover. */
export function noteFault(deps: FailoverDeps, pass: Switching, providerId: string, fault: FaultKind): void {
  const made = pass.tries.find(({ provider }) => provider.id === providerId);
  if (made) made.fault = fault;
  tellSwitches(deps, pass);
}

/** Notes that nobody is left to switch to. */
export function noteNobodyLeft(deps: FailoverDeps, pass: Switching): void {
  for (const made of pass.tries) tell(deps, pass, made, null, deps.clock.monotonic());
}

function tellSwitches(deps: FailoverDeps, pass: Switching) {
  for (const [index, made] of pass.tries.entries()) {
    const next = pass.tries[index + 1];
    if (next) tell(deps, pass, made, next, next.startedMs);
  }
}

function tell(
  { failovers, clock, tracing }: FailoverDeps,
  { job, isDrill }: Switching,
  made: Try,
  next: Try | null,
  atMs: number,
) {
  if (made.fault === null || made.isTold) return;
  made.isTold = true;
  const switchMs = Math.round(atMs - made.startedMs);
  const hedge = next?.hedge ?? false;
  tracing?.note('failover', {
    'understudy.failover.from': made.provider.name,
    ...(next && { 'understudy.failover.to': next.provider.name }),
    'understudy.failover.fault': made.fault,
    'understudy.failover.switch_ms': switchMs,
    'understudy.failover.hedge': hedge,
  });
  failovers.record({
    _id: createId('fov'),
    at: new Date(clock.now()),
    jobId: job._id,
    client: job.client,
    from: made.provider,
    to: next?.provider ?? null,
    fault: made.fault,
    switchMs,
    hedge,
    drill: isDrill,
  });
}
