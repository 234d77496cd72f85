/**
 * A view of a value that notes what is read of it. A validator reads every field that its schema knows, so what it left
 * alone is not known to it: the schemas of Kubernetes do not refuse such fields themselves, although its API server does.
 */
export function watchReads(value: object): { view: object; unread: () => string[] } {
  const read = new Set<string>();
  return {
    view: watch(value, '', read),
    unread: () => [...toPointers(value, '')].filter((one) => !read.has(one)),
  };
}

function watch(value: object, pointer: string, read: Set<string>): object {
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol') return found;
      const inner = `${pointer}/${key}`;
      read.add(inner);
      return typeof found === 'object' && found !== null ? watch(found, inner, read) : found;
    },
  });
}

/** Every field. */
function* toPointers(value: unknown, pointer: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield `${pointer}/${key}`;
    yield* toPointers(inner, `${pointer}/${key}`);
  }
}
