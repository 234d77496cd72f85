import type { ProviderDocument } from './model.ts';

type Named = Pick<ProviderDocument, 'name' | 'formerNames'>;

/** What a job may name a provider by, in lower case: its name, then those it had before that nobody took since. */
export function toNameKeys({ name, formerNames = [] }: Named): string[] {
  return [name.toLowerCase(), ...formerNames];
}

/** Things by each of the names of their providers, in lower case; whoever has a name comes before whoever had it. */
export function byNameKeys<T>(things: readonly T[], toProvider: (thing: T) => Named): Map<string, T> {
  const byKey = new Map<string, T>();
  for (const thing of things) for (const key of toProvider(thing).formerNames ?? []) byKey.set(key, thing);
  for (const thing of things) byKey.set(toProvider(thing).name.toLowerCase(), thing);
  return byKey;
}
