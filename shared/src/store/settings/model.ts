import type { Connection } from 'mongoose';
import type { DispatchConfig } from '../../contracts/dispatch-config.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** The dispatch configuration (`_id: 'dispatch'`): what differs from the defaults. */
export interface SettingsDocument {
  _id: string;
  version: number;
  values: Partial<DispatchConfig>;
  updatedAt: Date;
}

export const defineSettings = (connection: Connection) =>
  defineModel<SettingsDocument>(connection, 'settings', {
    _id: required(String),
    version: required(Number),
    values: opaque,
    updatedAt: required(Date),
  });
