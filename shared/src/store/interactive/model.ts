import type { Connection } from 'mongoose';
import type { DrillInput } from '../../contracts/drill.ts';
import { defineModel, opaque, required } from '../define-model.ts';
import type { ProviderDocument } from '../providers/model.ts';

/** What the worker is to do it with; a drill has its fault, text and labels besides. */
export type InteractiveInput = {
  providerId: string;
  /** A provider that is not saved, its key enveloped; removed when it was tested. */
  draft?: ProviderDocument;
  /** How long a test may take from `createdAt`, in milliseconds. */
  limitMs?: number;
} & Partial<Omit<DrillInput, 'providerId'>>;

/** A piece of work that someone waits for: its input and result, kept for a minute. */
export interface InteractiveDocument {
  _id: string;
  state: 'waiting' | 'running' | 'done';
  input: InteractiveInput;
  result: unknown;
  createdAt: Date;
  expiresAt: Date;
}

export const defineInteractive = (connection: Connection) =>
  defineModel<InteractiveDocument>(connection, 'interactive', {
    _id: required(String),
    state: required(String),
    input: opaque,
    result: opaque,
    createdAt: required(Date),
    expiresAt: required(Date),
  });
