import type { Connection } from 'mongoose';
import type { AlertData, AlertType } from '../../contracts/alert.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

type DataOf<T extends AlertType> = Omit<AlertData<T>, 'url'>;

/** What an alert says, before it is known where the console is: `path` is that of the page that shows it. */
export type AlertWords = { [T in AlertType]: { type: T; path: string; data: DataOf<T> } }[AlertType];

/** One alert. It has its row before anybody is told; `untold` until the deliveries are written. */
export type AlertDocument = AlertWords & {
  _id: string;
  /** Of the condition that it tells of. */
  condition: string;
  at: Date;
  /** When it was over; null while it lasts. */
  endedAt: Date | null;
  untold?: true;
  /** Null while it lasts. */
  expiresAt: Date | null;
};

export const defineAlerts = (connection: Connection) =>
  defineModel<AlertDocument>(connection, 'alerts', {
    _id: required(String),
    condition: required(String),
    type: required(String),
    path: required(String),
    data: opaque,
    at: required(Date),
    endedAt: nullable(Date),
    untold: Boolean,
    expiresAt: nullable(Date),
  });

/**
 * What operators were last told of one matter, such as whether a provider is down (`_id`: `down/prv_…`). It changes only
 * together with the alert that tells of the change, so that each is told once, whoever looks and whatever is killed.
 */
export interface AlertConditionDocument {
  _id: string;
  /** What was wrong as it was last told; null where nothing is. Another cause is another change. */
  cause: string | null;
  /** When it was last told that something is wrong, and that it is over. */
  beganAt: Date | null;
  endedAt: Date | null;
  /** Rises with every change, from 1. */
  revision: number;
}

export const defineAlertConditions = (connection: Connection) =>
  defineModel<AlertConditionDocument>(connection, 'alert_conditions', {
    _id: required(String),
    cause: nullable(String),
    beganAt: nullable(Date),
    endedAt: nullable(Date),
    revision: required(Number),
  });
