import { isFields } from './is-fields.ts';

/** One field that a change wrote, by its path (`configuration/model`); undefined where it was not there. */
export interface FieldChange {
  path: string;
  before: unknown;
  after: unknown;
}

/** The fields in which two states differ, deep; arrays are one field each. */
export function toFieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isFields(before) && isFields(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => toFieldChanges(before[key], after[key], path ? `${path}/${key}` : key));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}
