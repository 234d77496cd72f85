/** What is typed into forms and not saved, for as long as its tab lives. */

const OWNER = 'understudy.draft-owner';

/** By name, as JSON. A sign-in loads no page, so that this also keeps what is too large for the browser's storage. */
const kept = new Map<string, string>();

/** Null where nothing is kept by this name. */
export function readDraft(name: string): string | null {
  return kept.get(name) ?? sessionStorage.getItem(name);
}

export function keepDraft(name: string, text: string): void {
  kept.set(name, text);
  try {
    sessionStorage.setItem(name, text);
  } catch {
    // Over the browser's quota: then it does not outlive a reload, and what is older must not either.
    sessionStorage.removeItem(name);
  }
}

export function forgetDraft(name: string): void {
  kept.delete(name);
  sessionStorage.removeItem(name);
}

/** Whose drafts are kept; null where nobody was signed in since the tab was opened, or since the sign-out. */
export function readDraftOwner(): string | null {
  return readDraft(OWNER);
}

/** Keeps the drafts of this person from now on, and forgets those of anybody else. */
export function keepDraftsOf(owner: string): void {
  if (readDraftOwner() === owner) return;
  forgetDrafts();
  keepDraft(OWNER, owner);
}

/** Forgets all of them: they are for whoever typed them. */
export function forgetDrafts(): void {
  kept.clear();
  sessionStorage.clear();
}
