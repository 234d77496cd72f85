/** More do not help. */
const MAX_NAMED = 10;

/** Where two JSON values differ, as JSON pointers with what is the matter, the first ten. */
export function findDifferences(copy: unknown, current: unknown): string[] {
  const found = [...walk(copy, current, '')];
  const more = found.length - MAX_NAMED;
  return more > 0 ? [...found.slice(0, MAX_NAMED), `and ${more} more`] : found;
}

function* walk(copy: unknown, current: unknown, pointer: string): Generator<string> {
  if (isContainer(copy) && isContainer(current) && Array.isArray(copy) === Array.isArray(current)) {
    for (const key of new Set([...Object.keys(copy), ...Object.keys(current)])) {
      const inner = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(copy, key)) yield `${inner} is missing`;
      else if (!Object.hasOwn(current, key)) yield `${inner} is no longer there`;
      else yield* walk(copy[key], current[key], inner);
    }
  } else if (copy !== current) yield `${pointer || 'the document'} is another`;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
