/** A page of a list, newest first. */
export interface Page {
  limit: number;
  /** Only what is older than this one. */
  beforeId: string | null;
}

/** What is older than this one, by its id; everything where that is null. */
export function olderThan(id: string | null): { _id?: { $lt: string } } {
  return id === null ? {} : { _id: { $lt: id } };
}
