import { ValidationError, type InputFault } from '@understudy/shared/errors';
import * as z from 'zod';
import { assertPlain } from './assert-plain.ts';
import type { Schema } from './route.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where a fault lies: a JSON pointer (RFC 6901) into a body, or a query's key behind a question mark. */
export type ToPointer = (path: Path) => string;

export const toBodyPointer: ToPointer = (path) =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
export const toQueryPointer: ToPointer = (path) => `?${String(path[0] ?? '')}`;

/** A reply that names more is of no use to anybody but whoever wants it to be large. */
export const MAX_FAULTS = 100;
const MAX_POINTER_CHARACTERS = 500;

/** Parses an input. @throws {ValidationError} naming every fault with its pointer, the first hundred of them. */
export function parseInput<S extends Schema>(
  schema: S,
  input: unknown,
  toPointer: ToPointer,
): z.core.output<S> {
  assertPlain(input, toPointer);
  const parsed = z.core.safeParse(schema, input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .flatMap((issue) => toFaults(issue, [], input, toPointer));
  throw new ValidationError(faults.slice(0, MAX_FAULTS).map(shorten));
}

function toFaults(issue: Issue, base: Path, input: unknown, toPointer: ToPointer): InputFault[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_FAULTS).map((key) => ({
        pointer: toPointer([...path, key]),
        detail: 'is not a known field',
        code: 'unknown_field',
      }));
    case 'invalid_union': {
      const branch = toMeantBranch(issue.errors);
      if (branch) return branch.flatMap((inner) => toFaults(inner, path, input, toPointer));
      return [toFault(issue, path, input, toPointer)];
    }
    case 'invalid_key':
      return [{ pointer: toPointer(path), detail: 'is not a valid key', code: 'invalid_key' }];
    default:
      return [toFault(issue, path, input, toPointer)];
  }
}

/** Of a union's branches the one that the input was meant for: the only one that it is of the right type for. */
function toMeantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const meant = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

function toFault(issue: Issue, path: Path, input: unknown, toPointer: ToPointer): InputFault {
  const missing = issue.code !== 'custom' && isMissing(input, path);
  return missing
    ? { pointer: toPointer(path), detail: 'is required', code: 'required' }
    : { pointer: toPointer(path), detail: issue.message, code: issue.code };
}

function shorten({ pointer, ...fault }: InputFault): InputFault {
  if (pointer.length <= MAX_POINTER_CHARACTERS) return { pointer, ...fault };
  return { pointer: `${pointer.slice(0, MAX_POINTER_CHARACTERS - 1).toWellFormed()}…`, ...fault };
}

/** Whether nothing is there; what a schema made of a string (a list with commas) is not looked for in it. */
function isMissing(input: unknown, path: Path): boolean {
  let value = input;
  for (const key of path) {
    if (value !== undefined && (typeof value !== 'object' || value === null)) return false;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  return value === undefined;
}
