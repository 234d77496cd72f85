import type { Store } from '../connect.ts';

/** One numbered change of the store. It must be safe to run again from its start after a crash. */
export interface Migration {
  number: number;
  name: string;
  up(store: Store): Promise<void>;
}
