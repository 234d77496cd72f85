/** What belongs to this client, or to any where that is null. */
export function ofClient(client: string | null): { client?: string } {
  return client === null ? {} : { client };
}

/** What has just these values, by path; one that is absent narrows nothing, and none is taken for an operator. */
export function withValues(values: Record<string, unknown>): Record<string, { $eq: unknown }> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([path, value]) => [path, { $eq: value }]));
}

/** What happened at `from` or later, and before `to`, by the time in this field; an absent end is open. */
export function within<F extends string>(
  field: F,
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
): { [field in F]?: { $gte?: Date; $lt?: Date } } {
  const range = { ...(from && { $gte: from }), ...(to && { $lt: to }) };
  return from || to ? ({ [field]: range } as { [field in F]: typeof range }) : {};
}
