/** The hash that holds a provider's circuit; the keys of its other limits begin with it. */
export function toCircuitKey(prefix: string, providerId: string): string {
  return `${prefix}:fleet:{${providerId}}`;
}

/** A sorted set of the worker processes by when they said last that they live, and a hash of what they said. */
export function toWorkersKeys(prefix: string): { seen: string; said: string } {
  return { seen: `${prefix}:fleet:workers`, said: `${prefix}:fleet:workers:said` };
}
