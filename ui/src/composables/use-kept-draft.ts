import { watch } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';

interface KeptDraftOptions<T> {
  /** Of the form, and of what it edits: `provider/prv_…`. */
  key: string;
  /** What to keep now, without secrets; null where nothing was typed. */
  read: () => T | null;
}

export interface KeptDraft<T> {
  /** What was kept when somebody was signed out in mid-form, or reloaded the page; null where nothing was. */
  found: T | null;
  /** Forgets it: it was saved, or given up. */
  drop: () => void;
}

const PREFIX = 'understudy.draft.';
const OWNER = 'understudy.draft-owner';

/** By name, as JSON. A sign-in loads no page, so that this also keeps what is too large for the browser's storage. */
const kept = new Map<string, string>();

/**
 * Keeps what is typed into a form for as long as its tab lives, so that a session that ends loses nothing of it. It is
 * dropped when somebody leaves the form for another page on purpose.
 */
export function useKeptDraft<T>({ key, read }: KeptDraftOptions<T>): KeptDraft<T> {
  const name = PREFIX + key;
  let isOver = false;
  watch(
    read,
    (draft) => {
      if (isOver) return;
      if (draft === null) forget(name);
      else keep(name, JSON.stringify(draft));
    },
    { deep: true },
  );
  onBeforeRouteLeave((to) => {
    // Not for good: somebody who is asked may stay after all, and what they type next is kept again.
    if (to.name !== 'login') forget(name);
  });
  return {
    found: readKept<T>(kept.get(name) ?? sessionStorage.getItem(name)),
    drop: () => {
      isOver = true;
      forget(name);
    },
  };
}

/** Whose drafts are kept; null where nobody was signed in since the tab was opened, or since the sign-out. */
export function readDraftOwner(): string | null {
  return kept.get(OWNER) ?? sessionStorage.getItem(OWNER);
}

/** Keeps the drafts of this person from now on, and forgets those of anybody else. */
export function keepDraftsOf(owner: string): void {
  if (readDraftOwner() === owner) return;
  forgetDrafts();
  keep(OWNER, owner);
}

/** Forgets all of them: they are for whoever typed them. */
export function forgetDrafts(): void {
  kept.clear();
  sessionStorage.clear();
}

function keep(name: string, text: string) {
  kept.set(name, text);
  try {
    sessionStorage.setItem(name, text);
  } catch {
    // Over the browser's quota: then it does not outlive a reload, and what is older must not either.
    sessionStorage.removeItem(name);
  }
}

function forget(name: string) {
  kept.delete(name);
  sessionStorage.removeItem(name);
}

function readKept<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
