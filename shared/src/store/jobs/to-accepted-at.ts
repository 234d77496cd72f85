import type { JobDocument } from './model.ts';

/** When a job was accepted, or the last time that it was tried again: what it waits and is answered from. */
export function toAcceptedAt({
  deadlineAt,
  deadlineMs,
}: Pick<JobDocument, 'deadlineAt' | 'deadlineMs'>): Date {
  return new Date(deadlineAt.getTime() - deadlineMs);
}
