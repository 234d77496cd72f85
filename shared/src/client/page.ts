/** A part of a list, newest first unless the list says otherwise; `nextCursor` is null on the last one. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** What every call takes: a signal that gives it up. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}
