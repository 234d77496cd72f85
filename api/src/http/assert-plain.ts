import { ValidationError } from '@understudy/shared/errors';
import type { ToPointer } from './parse-input.ts';

/** No input of ours is nested deeper than a few levels; what is would only cost. */
const MAX_DEPTH = 32;
/** No list of ours has as many; a schema would look at each before it said so. */
const MAX_ELEMENTS = 20_000;
/** Nor has an object: what is wrong with each of its keys costs far more to say. */
const MAX_KEYS = 1_000;
/** The first many a reader drops without a word; what has the second MongoDB's driver takes for a type of its own. */
const UNUSABLE_KEYS = ['__proto__', '_bsontype'];

/**
 * Refuses what no schema should have to meet: an input that is nested or long beyond all sense, or one with keys that
 * mean something else to whoever reads or keeps it. @throws {ValidationError}
 */
export function assertPlain(input: unknown, toPointer: ToPointer): void {
  const left: { value: unknown; path: string[] }[] = [{ value: input, path: [] }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > MAX_DEPTH) refuse('', `is nested more than ${MAX_DEPTH} levels deep`, 'too_deep');
    const unusable = UNUSABLE_KEYS.find((key) => Object.hasOwn(value, key));
    if (unusable) refuse(toPointer([...path, unusable]), 'is no key to use', 'unknown_field');
    // A list is not copied: what is too long would cost before it is refused.
    const keys = Array.isArray(value) ? null : Object.keys(value);
    const { length } = keys ?? (value as unknown[]);
    const most = keys ? MAX_KEYS : MAX_ELEMENTS;
    if (length > most) refuse(toPointer(path), `has more than ${most} members`, 'too_big');
    for (let index = 0; index < length; index += 1) {
      const key = keys?.[index] ?? index;
      const member = (value as Record<string | number, unknown>)[key];
      if (typeof member === 'object') left.push({ value: member, path: [...path, String(key)] });
    }
  }
}

/** Whether `assertPlain` lets an input through. */
export function isPlain(input: unknown): boolean {
  try {
    assertPlain(input, () => '');
    return true;
  } catch {
    return false;
  }
}

function refuse(pointer: string, detail: string, code: string): never {
  throw new ValidationError([{ pointer, detail, code }]);
}
