import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/** A one-time login link; `_id` is SHA-256 of its code in hex. Using it removes it. */
export interface LoginLinkDocument {
  _id: string;
  expiresAt: Date;
}

export const defineLoginLinks = (connection: Connection) =>
  defineModel<LoginLinkDocument>(connection, 'login_links', {
    _id: required(String),
    expiresAt: required(Date),
  });
