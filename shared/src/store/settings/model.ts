import type { Connection } from 'mongoose';
import type { DispatchConfigPart } from '../../contracts/dispatch-config.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** The dispatch configuration (`_id: 'dispatch'`): what differs from the defaults. Absent until its first change. */
export interface SettingsDocument {
  _id: string;
  version: number;
  values: DispatchConfigPart;
  updatedAt: Date;
}

export const defineSettings = (connection: Connection) =>
  defineModel<SettingsDocument>(connection, 'settings', {
    _id: required(String),
    version: required(Number),
    values: opaque,
    updatedAt: required(Date),
  });
