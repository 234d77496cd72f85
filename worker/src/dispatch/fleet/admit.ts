import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Admission, Admittance, CallEnd } from '../admission.ts';
import { SLOW_FACTOR } from '../breaker.ts';
import type { FleetParts } from './fleet-admission.ts';
import { toMonth, toMonthEnd } from './keys.ts';
import { toLimits } from './to-limits.ts';

/** A call ends at its limit, and needs a moment to be settled; then its place is free, whatever became of it. */
const LEASE_SLACK_MS = 5_000;
const PROBE_LEASE_MS = 12_000;
/** By then the spend of the month should have been read. */
const UNKNOWN_SPEND_MS = 1_000;

type Refused = [0, PassedOverReason | 'unknown_spend', waitMs: number];
type Admitted = [
  1,
  epoch: number,
  circuit: 'closed' | 'half-open' | 'ramping',
  second: number,
  tokens: number,
];

/** Leave for one call over the fleet: one script asks for all of it, another gives it back. */
export function createAdmit(parts: FleetParts): Admission['admit'] {
  const { records, local, clock, settings, ifThere } = parts;
  return async (candidate, call) => {
    const gate = local.gate(candidate);
    const refusal = gate.refuse(candidate);
    if (refusal) return refusal;
    const { _id: id } = candidate.provider;
    const { likelyTokens: tokens, price } = call.bound;
    const limits = toLimits(candidate, price.costNanoUsd);
    const month = toMonth(clock.now());
    const leases = { leaseMs: Math.ceil(call.limitMs) + LEASE_SLACK_MS, probeLeaseMs: PROBE_LEASE_MS };
    const { isLastResort, isDrill } = call;
    const asked = { ...limits, ...leases, tokens, call: call.id, isLastResort, isDrill };
    const answer = await ifThere<Refused | Admitted>(() => records.run('admit', id, asked, month));
    if (answer === null)
      return limits.budget ? refuseFor(parts, 'budget', null) : local.admit(candidate, call);
    if (answer[0] === 0) return toRefusal(parts, id, month, answer);

    const [, epoch, circuit, second, reserved] = answer;
    const taken = { call: call.id, epoch, second, reserved, wasReserved: limits.budget !== null };
    const leave = gate.note(tokens);
    return {
      admitted: true,
      circuit,
      async release(end) {
        leave(end);
        const given = { ...taken, ...toRelease(end, settings().breaker) };
        await ifThere(() => records.run('release', id, given, month));
      },
    };
  };
}

function toRefusal(parts: FleetParts, id: string, month: string, [, reason, waitMs]: Refused): Admittance {
  switch (reason) {
    case 'unknown_spend':
      parts.startMonth(id, month);
      return refuseFor(parts, 'budget', UNKNOWN_SPEND_MS);
    case 'budget':
      return { admitted: false, reason, untilAt: toMonthEnd(parts.clock.now()) };
    default:
      return refuseFor(parts, reason, waitMs < 0 ? null : waitMs);
  }
}

function refuseFor({ clock }: FleetParts, reason: PassedOverReason, waitMs: number | null): Admittance {
  return { admitted: false, reason, untilAt: waitMs === null ? null : clock.now() + waitMs };
}

function toRelease({ breaker: outcome, cooldown, used }: CallEnd, settings: DispatchConfig['breaker']) {
  const breaker = { ...settings, slowThreshold: SLOW_FACTOR * settings.failureThreshold };
  return { outcome, breaker, cooldown, tokens: used.tokens, costNanoUsd: used.costNanoUsd };
}
