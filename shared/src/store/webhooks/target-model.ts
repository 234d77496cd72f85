import type { Connection } from 'mongoose';
import { defineModel, nullable, required } from '../define-model.ts';

/** A target whose latest call failed; one that answers well has none of these. */
export interface TargetDocument {
  _id: string;
  /** Failed calls in a row. */
  failures: number;
  failingSince: Date;
  /** Nothing is called before then. */
  pausedUntil: Date | null;
  updatedAt: Date;
}

export const defineTargets = (connection: Connection) =>
  defineModel<TargetDocument>(connection, 'webhook_targets', {
    _id: required(String),
    failures: required(Number),
    failingSince: required(Date),
    pausedUntil: nullable(Date),
    updatedAt: required(Date),
  });
