import type { Alert } from '@understudy/shared/contracts/alert';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Overview } from '@understudy/shared/contracts/stats';

/** What an operator can do about something, with one click. */
export type AttentionAction =
  | { kind: 'reset' | 'budget' | 'key'; provider: Provider }
  | { kind: 'resume' }
  | { kind: 'go'; to: string; words: string };

/** Something that waits for an operator. */
export interface AttentionItem {
  /** The same for the same matter, so that its row stays where it is. */
  id: string;
  tone: 'bad' | 'warn';
  title: string;
  detail: string;
  /** Since when, RFC 3339, where that is known. */
  since: string | null;
  action: AttentionAction;
}

export interface AttentionFacts {
  overview: Overview;
  alerts: readonly Alert[];
  providers: readonly Provider[];
  /** What the latest check of a provider found wrong, by its id. */
  failures: ReadonlyMap<string, string>;
  isPaused: boolean;
}
