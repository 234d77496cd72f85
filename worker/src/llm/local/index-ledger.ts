import type { IndexSize } from './index-bounds.ts';

export interface IndexLimits extends IndexSize {
  indexes: number;
}

/** What the thread holds in all; the least recently used index goes first. */
const INDEX_LIMITS: IndexLimits = { indexes: 100, documents: 100_000, characters: 4_000_000 };

export interface IndexLedger {
  /** Marks an index as just used; false where the thread does not have it. */
  use(key: string): boolean;
  /** Notes a new index, and returns which others must go to make room for it. */
  add(key: string, size: IndexSize): string[];
  clear(): void;
}

/** Keeps account of which indexes the thread holds; the thread builds and drops as it is told. */
export function createIndexLedger(limits: IndexLimits = INDEX_LIMITS): IndexLedger {
  // A Map keeps its insertion order, so the first entry is the least recently used.
  const held = new Map<string, IndexSize>();

  function isOver(): boolean {
    let documents = 0;
    let characters = 0;
    for (const size of held.values()) {
      documents += size.documents;
      characters += size.characters;
    }
    return held.size > limits.indexes || documents > limits.documents || characters > limits.characters;
  }

  return {
    use(key) {
      const size = held.get(key);
      if (size === undefined) return false;
      held.delete(key);
      held.set(key, size);
      return true;
    },
    add(key, size) {
      held.delete(key);
      held.set(key, size);
      const dropped: string[] = [];
      for (const oldest of held.keys()) {
        if (oldest === key || !isOver()) break;
        held.delete(oldest);
        dropped.push(oldest);
      }
      return dropped;
    },
    clear: () => held.clear(),
  };
}
