/** Whether these are the same labels, in any order. Neither list has one twice. */
export function hasSameLabels(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}
