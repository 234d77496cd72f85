import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import { toMonth } from '@understudy/shared/store/usage/budget';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { Admission, ProviderRoom } from '../admission/admission.ts';
import { hasPrice } from '../upper-bound.ts';
import { toBudgetRefusal } from './admit.ts';
import type { FleetParts } from './parts.ts';
import { toLimits } from './to-limits.ts';

/** `''` is no reason, less than 0 a wait that nobody knows, or an allowance without bounds. */
type Room = [
  room: number,
  reason: PassedOverReason | 'unknown_spend' | '',
  waitMs: number,
  allowance: number,
  underWay: number,
  recovering: 0 | 1,
  ended: number,
];

/** What providers could take over the fleet; the scripts of all of them go out together. */
export function createReadRoom(parts: FleetParts): Admission['readRoom'] {
  const { records, local, clock, ifThere, startMonth } = parts;

  async function readOne(pooled: PooledProvider): Promise<ProviderRoom> {
    const { _id: providerId } = pooled.provider;
    const gate = local.gate(pooled);
    const refusal = gate.refuse(pooled);
    if (refusal) return gate.readRoom(pooled);
    // As long as nobody has asked for a call, the smallest that is priced would be let in.
    const month = toMonth(clock.now());
    const asked = toLimits(pooled, hasPrice(pooled) ? 1 : null, month);
    const answer = await ifThere<Room>(() => records.run('room', providerId, asked, month));
    if (answer === null) return gate.readRoom(pooled);
    const [room, found, waitMs, allowance, underWay, recovering, ended] = answer;
    // No call would be asked for, and so nobody else would have it read.
    if (found === 'unknown_spend') startMonth(providerId, month);
    return {
      providerId,
      room,
      allowance: allowance < 0 ? null : allowance,
      isRecovering: recovering === 1,
      underWay,
      ended,
      ...toReason(found, waitMs),
    };
  }

  function toReason(found: Room[1], waitMs: number): Pick<ProviderRoom, 'reason' | 'untilAt'> {
    switch (found) {
      case '':
        return { reason: null, untilAt: null };
      case 'budget':
      case 'unknown_spend':
        return toBudgetRefusal(parts, waitMs);
      default:
        return { reason: found, untilAt: waitMs < 0 ? null : clock.now() + waitMs };
    }
  }

  return (providers) => Promise.all(providers.map(readOne));
}
