import type { Part } from '../bench.ts';
import { floor } from './floor.ts';
import { growth } from './growth.ts';
import { overhead } from './overhead.ts';
import { scale } from './scale.ts';
import { submit } from './submit.ts';

/** In the order of the document; named on the command line. */
export const PARTS = { floor, overhead, submit, growth, scale } as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;

/** @throws {RangeError} for a name that is none */
export function toPartNames(given: readonly string[]): PartName[] {
  const names = Object.keys(PARTS) as PartName[];
  const unknown = given.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined)
    throw new RangeError(`There is no part ${unknown}. The parts are ${names.join(', ')}.`);
  return given.length === 0 ? names : names.filter((name) => given.includes(name));
}
