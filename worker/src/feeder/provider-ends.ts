import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import { createLately, type Lately } from './lately.ts';
import { MIN_AHEAD_JOBS } from './window-size.ts';

/** How many calls of each provider ended in the last half second, over the whole fleet. */
export interface ProviderEnds {
  /** Takes in how many have ended by now. */
  look(rooms: readonly ProviderRoom[]): void;
  /** How many jobs may be at hand for one that is full: what others do brings nobody's turn at it nearer. */
  ahead(providerId: string): number;
}

interface Count {
  ended: number | null;
  lately: Lately;
}

export function createProviderEnds(monotonic: () => number): ProviderEnds {
  let counts: ReadonlyMap<string, Count> = new Map();

  function count({ providerId, ended }: ProviderRoom): Count {
    const { ended: before, lately } = counts.get(providerId) ?? {
      ended: null,
      lately: createLately(monotonic),
    };
    // Redis may have been lost, and counts from 0 again.
    if (ended !== null && before !== null) lately.note(Math.max(0, ended - before));
    return { ended: ended ?? before, lately };
  }

  return {
    look(rooms) {
      counts = new Map(rooms.map((room) => [room.providerId, count(room)]));
    },
    ahead: (providerId) => Math.max(MIN_AHEAD_JOBS, counts.get(providerId)?.lately.sum() ?? 0),
  };
}
