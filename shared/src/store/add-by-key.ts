/** Adds the numbers of one record to those of another, key by key, in place. */
export function addByKey(into: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [key, amount] of Object.entries(from)) into[key] = (into[key] ?? 0) + amount;
}
