import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { REDIS_TIMEOUT_MS } from '@understudy/shared/runtime/redis';
import { toMonth } from '@understudy/shared/store/usage/budget';
import { NOT_MADE } from '../call-end.ts';
import type { Admission, Admittance, CallEnd } from '../admission/admission.ts';
import { SLOW_FACTOR } from '../admission/breaker.ts';
import { COOLDOWN_LENGTHS } from '../admission/cooldown.ts';
import { toResetMark } from '../admission/reset-mark.ts';
import { toMonthEnd } from './keys.ts';
import type { FleetParts } from './parts.ts';
import { LEASE_SLACK_MS, toLimits } from './to-limits.ts';

type Refusal = Extract<Admittance, { admitted: false }>;
type Refused = [0, PassedOverReason | 'unknown_spend', waitMs: number];
type Admitted = [
  1,
  epoch: number,
  circuit: 'closed' | 'half-open' | 'ramping',
  second: number,
  tokens: number,
];

/** What a release must know of how its call was admitted. */
interface Taken {
  call: string;
  mark: number;
  epoch: number;
  second: number;
  reserved: number;
  wasReserved: boolean;
}

/** Leave for one call over the fleet: one script asks for all of it, another gives it back. */
export function createAdmit(parts: FleetParts): Admission['admit'] {
  const { records, local, clock, settings, outbox } = parts;

  function release(id: string, month: string, taken: Taken, end: CallEnd): Promise<void> {
    const given = { ...taken, ...toRelease(end, settings().breaker) };
    const endedMs = clock.monotonic();
    const toAgo = () => Math.max(0, Math.floor(clock.monotonic() - endedMs));
    return outbox.send(taken.call, () => records.run('release', id, { ...given, agoMs: toAgo() }, month));
  }

  return async (candidate, call) => {
    const gate = local.gate(candidate);
    const refusal = gate.refuse(candidate);
    if (refusal) return refusal;
    if (gate.isFull(candidate)) return refuseFor(parts, 'concurrency', null);
    const { _id: id } = candidate.provider;
    const { likelyTokens: tokens, price } = call.bound;
    const month = toMonth(clock.now());
    const limits = toLimits(candidate, price.costNanoUsd, month);
    const leaseMs = Math.ceil(call.limitMs) + LEASE_SLACK_MS;
    const { isLastResort, isHedge, isDrill } = call;
    const asked = { ...limits, leaseMs, tokens, call: call.id, isLastResort, isHedge, isDrill };
    const about = { call: call.id, mark: toResetMark(candidate) };
    const { answer, isUnsure } = await ask(parts, id, asked, month);
    if (answer === null) {
      const alone = limits.budget ? refuseFor(parts, 'budget', null) : await local.admit(candidate, call);
      if (!isUnsure) return alone;
      // It may have been taken all the same: it is given back when the call, if there is one, is over.
      const free = (end: CallEnd) => release(id, month, { ...about, ...UNKNOWN }, end);
      if (alone.admitted) return { ...alone, release: (end) => alone.release(end).then(() => free(end)) };
      await free(NOT_MADE);
      return alone;
    }
    if (answer[0] === 0) return toRefusal(parts, id, month, answer);

    const [, epoch, circuit, second, reserved] = answer;
    const taken = { ...about, epoch, second, reserved, wasReserved: limits.budget !== null };
    const leave = gate.note(tokens);
    return {
      admitted: true,
      circuit,
      async release(end) {
        leave(end);
        await release(id, month, taken, end);
      },
    };
  };
}

/** How a call was admitted whose answer never came: nothing of it counts but that it is over. */
const UNKNOWN = { epoch: -1, second: 0, reserved: 0, wasReserved: true };

/** @returns null where nobody answered, and whether the question may be answered yet, unheard. */
async function ask(
  { records, ifThere, redisNowMs }: FleetParts,
  id: string,
  limits: object,
  month: string,
): Promise<{ answer: Refused | Admitted | null; isUnsure: boolean }> {
  let isAsked = false;
  const now = redisNowMs();
  const giveUpAt = now === null ? null : Math.ceil(now) + REDIS_TIMEOUT_MS;
  const answer = await ifThere<Refused | Admitted>(async () => {
    isAsked = true;
    const given = (await records.run('admit', id, { ...limits, giveUpAt }, month)) as
      | Refused
      | Admitted
      | null;
    if (given === null) throw new Error('The clock of Redis was set forward');
    return given;
  });
  return { answer, isUnsure: answer === null && isAsked };
}

function toRefusal(parts: FleetParts, id: string, month: string, [, reason, waitMs]: Refused): Refusal {
  switch (reason) {
    case 'unknown_spend':
      parts.startMonth(id, month);
      return refuseFor(parts, 'budget', waitMs);
    case 'budget':
      return toBudgetRefusal(parts, waitMs);
    default:
      return refuseFor(parts, reason, waitMs < 0 ? null : waitMs);
  }
}

/** What is spent is so until the month's end; what is reserved may free in moments. */
export function toBudgetRefusal({ clock }: FleetParts, waitMs: number): Refusal {
  const now = clock.now();
  return { admitted: false, reason: 'budget', untilAt: waitMs < 0 ? toMonthEnd(now) : now + waitMs };
}

function refuseFor({ clock }: FleetParts, reason: PassedOverReason, waitMs: number | null): Refusal {
  return { admitted: false, reason, untilAt: waitMs === null ? null : clock.now() + waitMs };
}

function toRelease({ breaker: outcome, cooldown, used }: CallEnd, settings: DispatchConfig['breaker']) {
  const breaker = { ...settings, slowThreshold: SLOW_FACTOR * settings.failureThreshold };
  const cooling = { cooldown, cooldownLengths: COOLDOWN_LENGTHS };
  return { outcome, breaker, ...cooling, tokens: used.tokens, costNanoUsd: used.costNanoUsd };
}
