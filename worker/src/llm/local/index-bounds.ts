import type { IndexedLabel } from './label-index.ts';

/**
 * What one index reads at most, so that it is built within an attempt. Examples beyond it are left out, evenly over
 * the labels: 200 labels still have 10,000 characters each.
 */
const MAX_INDEX_CHARACTERS = 2_000_000;

/** How much an index holds. */
export interface IndexSize {
  /** Names, descriptions and examples. */
  documents: number;
  /** Characters of them all. */
  characters: number;
}

/** The size of an index over these labels. */
export function toIndexSize(labels: IndexedLabel[]): IndexSize {
  let documents = 0;
  let characters = 0;
  for (const { name, description, examples } of labels) {
    documents += 1 + examples.length + (description === null ? 0 : 1);
    characters += name.length + (description?.length ?? 0);
    for (const example of examples) characters += example.length;
  }
  return { documents, characters };
}

/** The labels with as many of their examples as fit, taken in turn, a label one, in their order. */
export function withinBounds(labels: IndexedLabel[], maxCharacters = MAX_INDEX_CHARACTERS): IndexedLabel[] {
  let left = maxCharacters - toIndexSize(labels.map((label) => ({ ...label, examples: [] }))).characters;
  const kept = labels.map((label) => ({ ...label, examples: [] as string[] }));
  const longest = Math.max(...labels.map((label) => label.examples.length));
  for (let turn = 0; turn < longest; turn++) {
    for (const [position, { examples }] of labels.entries()) {
      const example = examples[turn];
      if (example === undefined) continue;
      left -= example.length;
      if (left < 0) return kept;
      kept[position]?.examples.push(example);
    }
  }
  return kept;
}
