import type { Connection } from 'mongoose';
import type { DeferredReason } from '../../contracts/classification.ts';
import { defineModel, nullable, required } from '../define-model.ts';

/**
 * Why the jobs of one lane stand in line although their turn has come, and since when: the latest hold of each lane.
 * `_id` is of `toLaneId`.
 */
export interface LaneHoldDocument {
  _id: string;
  priority: number;
  client: string;
  route: string;
  reason: DeferredReason;
  from: Date;
  /** When it was last so. */
  until: Date;
  /** When it may be otherwise; null where nobody can say. */
  nextTryAt: Date | null;
  /** When a limit that an operator set held it last, or a pause; null where none has, absent of holds of before. */
  byLimit?: HeldSpan | null;
}

export type HeldSpan = Pick<LaneHoldDocument, 'from' | 'until'>;

export const defineLaneHolds = (connection: Connection) =>
  defineModel<LaneHoldDocument>(connection, 'lane_holds', {
    _id: required(String),
    priority: required(Number),
    client: required(String),
    route: required(String),
    reason: required(String),
    from: required(Date),
    until: required(Date),
    nextTryAt: nullable(Date),
    byLimit: { type: { from: Date, until: Date, _id: false }, default: undefined },
  });

/** Jobs of one priority, client and route wait in one line. */
export type LaneKey = Pick<LaneHoldDocument, 'priority' | 'client' | 'route'>;

/** The name of a lane; as JSON, since a client's name may hold any sign that could part them. */
export function toLaneId({ priority, client, route }: LaneKey): string {
  return JSON.stringify([priority, client, route]);
}

/** When jobs of the lane waited last as an operator wished; null where that is not known. */
export function toWished({ reason, from, until, byLimit }: LaneHoldDocument): HeldSpan | null {
  if (byLimit !== undefined) return byLimit;
  return reason === 'no_provider_available' ? null : { from, until };
}
