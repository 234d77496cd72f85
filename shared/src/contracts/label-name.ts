import type { Label } from './label.ts';

/** The name of a label in either form. This module has no schema: the console loads it. */
export function toLabelName(label: Label): string {
  return typeof label === 'string' ? label : label.name;
}
