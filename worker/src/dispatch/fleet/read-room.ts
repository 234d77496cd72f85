import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { PooledProvider } from '../../provider-pool.ts';
import type { Admission, ProviderRoom } from '../admission.ts';
import type { FleetParts } from './fleet-admission.ts';
import { toLimits } from './to-limits.ts';

/** `''` is no reason, less than 0 a wait that nobody knows, or an allowance without bounds. */
type Room = [
  room: number,
  reason: PassedOverReason | '',
  waitMs: number,
  allowance: number,
  underWay: number,
];

/** What providers could take over the fleet; the scripts of all of them go out together. */
export function createReadRoom({ records, local, clock, ifThere }: FleetParts): Admission['readRoom'] {
  async function readOne(pooled: PooledProvider): Promise<ProviderRoom> {
    const { _id: providerId } = pooled.provider;
    const gate = local.gate(pooled);
    const refusal = gate.refuse(pooled);
    if (refusal) return gate.readRoom(pooled);
    // Whether any call at all would be let in.
    const asked = { ...toLimits(pooled, 0), tokens: 1 };
    const answer = await ifThere<Room>(() => records.run('room', providerId, asked));
    if (answer === null) return gate.readRoom(pooled);
    const [room, reason, waitMs, allowance, underWay] = answer;
    const untilAt = reason === '' || waitMs < 0 ? null : clock.now() + waitMs;
    return {
      providerId,
      room,
      allowance: allowance < 0 ? null : allowance,
      underWay,
      reason: reason === '' ? null : reason,
      untilAt,
    };
  }

  return (providers) => Promise.all(providers.map(readOne));
}
