import { ValidationError } from '@understudy/shared/errors';
import type { ToPointer } from './parse-input.ts';

/** No input of ours is nested deeper than a few levels; what is would only cost. */
const MAX_DEPTH = 32;
/** No list or object of ours has as many; a schema would look at each before it said so. */
const MAX_MEMBERS = 20_000;

/**
 * Refuses what no schema should have to meet: an input that is nested or long beyond all sense, or one with a `__proto__` among
 * its keys, which many a reader would drop without a word. @throws {ValidationError}
 */
export function assertPlain(input: unknown, toPointer: ToPointer): void {
  const left: { value: unknown; path: string[] }[] = [{ value: input, path: [] }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > MAX_DEPTH) refuse('', `is nested more than ${MAX_DEPTH} levels deep`, 'too_deep');
    if (Object.hasOwn(value, '__proto__')) {
      refuse(toPointer([...path, '__proto__']), 'is no key to use', 'unknown_field');
    }
    // A list is not copied: what is too long would cost before it is refused.
    const keys = Array.isArray(value) ? null : Object.keys(value);
    const { length } = keys ?? (value as unknown[]);
    if (length > MAX_MEMBERS) refuse(toPointer(path), `has more than ${MAX_MEMBERS} members`, 'too_big');
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
