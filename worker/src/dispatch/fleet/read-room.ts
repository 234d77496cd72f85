import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { PooledProvider } from '../../provider-pool.ts';
import type { Admission, ProviderRoom } from '../admission.ts';
import type { FleetParts } from './fleet-admission.ts';
import { toLimits } from './to-limits.ts';

/** `''` is no reason, and less than 0 a wait that nobody knows. */
type Room = [room: number, reason: PassedOverReason | '', waitMs: number];

/** What providers could take over the fleet; the scripts of all of them go out together. */
export function createReadRoom({ records, local, clock, ifThere }: FleetParts): Admission['readRoom'] {
  async function readOne(pooled: PooledProvider): Promise<ProviderRoom> {
    const { _id: providerId } = pooled.provider;
    const gate = local.gate(pooled);
    const refusal = gate.refuse(pooled);
    if (refusal) return { providerId, room: 0, reason: refusal.reason, untilAt: refusal.untilAt };
    // Whether any call at all would be let in.
    const asked = { ...toLimits(pooled, 0), tokens: 1 };
    const answer = await ifThere<Room>(() => records.run('room', providerId, asked));
    if (answer === null) return gate.readRoom(pooled);
    const [room, reason, waitMs] = answer;
    const untilAt = reason === '' || waitMs < 0 ? null : clock.now() + waitMs;
    return { providerId, room, reason: reason === '' ? null : reason, untilAt };
  }

  return (providers) => Promise.all(providers.map(readOne));
}
