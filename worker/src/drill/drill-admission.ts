import type { Admission, Admittance } from '../dispatch/admission/admission.ts';
import type { LocalAdmission } from '../dispatch/admission/local-admission.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';

interface DrillAdmissionOptions {
  /** Who fails as asked; nothing is sent to it. */
  sickId: string;
  /** Of the drill alone. */
  own: LocalAdmission;
  /** Of all traffic. */
  fleet: Pick<Admission, 'admit' | 'readRoom' | 'untilReleased'>;
}

/**
 * Admission to a drill: the sick provider's gate is the drill's own. Whoever takes over is called for real, so it must
 * have room within its limits and its budget, but how its call ends says nothing to real traffic.
 */
export function createDrillAdmission({ sickId, own, fleet }: DrillAdmissionOptions): Admission {
  const toGates = ({ provider }: PooledProvider) => (provider._id === sickId ? own : fleet);
  return {
    ...own,
    async admit(candidate, call) {
      const admittance = await toGates(candidate).admit(candidate, { ...call, isDrill: true });
      return candidate.provider._id === sickId ? admittance : withoutTrace(admittance);
    },
    async readRoom(providers) {
      const rooms = await Promise.all(providers.map((pooled) => toGates(pooled).readRoom([pooled])));
      return rooms.flat();
    },
    untilReleased: fleet.untilReleased,
  };
}

function withoutTrace(admittance: Admittance): Admittance {
  if (!admittance.admitted) return admittance;
  const release: typeof admittance.release = (end) =>
    admittance.release({ ...end, breaker: 'neutral', cooldown: null });
  return { ...admittance, release };
}
