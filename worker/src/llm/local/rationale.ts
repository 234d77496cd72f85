import type { IndexedLabel, Weighing } from './label-index.ts';
import { stem } from './stem.ts';
import { STOP_WORDS } from './stop-words.ts';
import { splitIdentifier, toWords } from './tokenize.ts';

const EXAMPLES_NAMED = 2;
const WORDS_NAMED = 5;
const EXAMPLE_CHARACTERS = 80;

/** What a label was found by. */
export interface Finding {
  label: IndexedLabel;
  /** Of the label in its set. */
  position: number;
  /** 0..1. */
  confidence: number;
  /** The part of the text that speaks for the label. */
  passage: string;
  weighing: Weighing;
}

/**
 * Names in one line what of the label matched: its nearest examples, else words of its name or description. It quotes
 * what the label's owner wrote, never the job's text.
 */
export function toRationale({ label, position, passage, weighing }: Finding): string {
  const examples = weighing.nearest
    .flatMap((near) => (near.label === position && near.example !== null ? [near.example] : []))
    .slice(0, EXAMPLES_NAMED);
  if (examples.length > 0) {
    return `Closest examples: ${examples.map((example) => `"${shorten(example)}"`).join(', ')}.`;
  }
  const shared = toSharedWords(label, passage).slice(0, WORDS_NAMED);
  if (shared.length > 0) return `Words of the label that match: ${shared.join(', ')}.`;
  const hasPieces = (weighing.evidence[position]?.trigrams ?? 0) > 0;
  return hasPieces ? 'Only parts of words match the label.' : 'Nothing in the text matches a label.';
}

function toSharedWords({ name, description }: IndexedLabel, passage: string): string[] {
  const asked = new Set(toWords(passage).map(stem));
  const own = new Set(toWords(`${splitIdentifier(name)}\n${description ?? ''}`));
  return [...own].filter((word) => !STOP_WORDS.has(word) && asked.has(stem(word)));
}

function shorten(example: string): string {
  const line = example.replace(/\s+/g, ' ').trim();
  return line.length <= EXAMPLE_CHARACTERS
    ? line
    : `${line.slice(0, EXAMPLE_CHARACTERS - 1).toWellFormed()}…`;
}
