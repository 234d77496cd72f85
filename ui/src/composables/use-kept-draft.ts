import { watch } from 'vue';
import { onBeforeRouteLeave, useRouter } from 'vue-router';
import { forgetDraft, keepDraft, readDraft } from './kept-drafts.ts';

interface KeptDraftOptions<T> {
  /** Of the form, and of what it edits: `provider/prv_…`. */
  key: string;
  /** What to keep now, without secrets; null where nothing was typed. */
  read: () => T | null;
}

export interface KeptDraft<T> {
  /** What was kept when somebody was signed out in mid-form, or reloaded the page; null where nothing was. */
  found: T | null;
  /** Whether something is typed that was neither saved nor given up. */
  isOpen: () => boolean;
  /** Forgets it: it was saved, or given up. */
  drop: () => void;
}

const PREFIX = 'understudy.draft.';

/**
 * Keeps what is typed into a form for as long as its tab lives, so that a session that ends loses nothing of it. It is
 * dropped when somebody leaves the form for another page on purpose.
 */
export function useKeptDraft<T>({ key, read }: KeptDraftOptions<T>): KeptDraft<T> {
  const name = PREFIX + key;
  const router = useRouter();
  let isOver = false;
  watch(
    read,
    (draft) => {
      if (isOver) return;
      if (draft === null) forgetDraft(name);
      else keepDraft(name, JSON.stringify(draft));
    },
    { deep: true },
  );
  onBeforeRouteLeave((to) => {
    if (to.name === 'login') return;
    // Not before it is done: somebody who is asked may stay after all.
    const stop = router.afterEach((_to, _from, failure) => {
      stop();
      if (!failure) forgetDraft(name);
    });
  });
  return {
    found: readKept<T>(readDraft(name)),
    isOpen: () => !isOver && read() !== null,
    drop: () => {
      isOver = true;
      forgetDraft(name);
    },
  };
}

function readKept<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
