import * as z from 'zod/mini';

/** What can go wrong with one attempt at a provider. The vendor's `to-error` decides the kind; nothing else does. */
export const FAULT_KINDS = [
  'overloaded',
  'server_error',
  'rate_limited',
  'silent',
  'timeout',
  'network',
  'unauthenticated',
  'forbidden',
  'quota',
  'invalid_output',
  'context_length',
  'content_filter',
  'bad_request',
] as const;

export const faultKind = z.enum(FAULT_KINDS);
export type FaultKind = z.infer<typeof faultKind>;
