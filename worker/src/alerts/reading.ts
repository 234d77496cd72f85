import type { AlertWords } from '@understudy/shared/store/alerts/model';

/** What one look says of one matter. */
export interface Reading {
  /** Of the condition that remembers what was told of it. */
  id: string;
  /**
   * What is wrong, null where nothing is; another cause is another change. Undefined where nothing can be said now, which
   * leaves all as it is.
   */
  cause: string | null | undefined;
  /** What is to be told where this is a change; null where it goes without saying. */
  words: AlertWords | null;
}

/** What was last told to be wrong, by the id of the condition; null or absent where nothing was. */
export type ToldCauses = ReadonlyMap<string, { cause: string | null; beganAt: Date | null }>;

/** The page of the console that shows a provider. */
export const toProviderPath = (id: string) => `/advanced/providers/${encodeURIComponent(id)}`;
