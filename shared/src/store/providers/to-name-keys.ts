import type { ProviderDocument } from './model.ts';

/** What a job may name a provider by, in lower case: its name, then those it had before that nobody took since. */
export function toNameKeys({
  name,
  formerNames = [],
}: Pick<ProviderDocument, 'name' | 'formerNames'>): [string, ...string[]] {
  return [name.toLowerCase(), ...formerNames];
}
