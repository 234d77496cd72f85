import { createRanking, type Found } from './ranking.ts';
import { splitIdentifier, toTopicTerms, toTrigrams, toWordPairs } from './tokenize.ts';

export interface IndexedLabel {
  name: string;
  description: string | null;
  examples: string[];
}

/** What speaks for one label, each number 0..1; `confidence.ts` says how they weigh. */
export interface Evidence {
  /** BM25 match of the text's words with all that is known of the label, against the best label's. */
  words: number;
  /** The same over pairs of neighbouring words. */
  pairs: number;
  /** The same over three-letter pieces of words. */
  trigrams: number;
  /** Its part in the vote of the nearest texts, against the best label's. */
  neighbours: number;
  /** Share of the text's topic terms that the label knows at all. */
  coverage: number;
}

export interface Weighing {
  /** For each label, in the labels' order. */
  evidence: Evidence[];
  /** What of the labels lies nearest to the text, best first: an example, or a name or description (`example` null). */
  nearest: { label: number; example: string | null }[];
}

export interface LabelIndex {
  labels: IndexedLabel[];
  /** Mean number of examples and descriptions a label. */
  density: number;
  weigh(text: string): Weighing;
}

/** A profile is one long document: its counts saturate late, so that a label's usual words set it apart. */
const PROFILE = { k: 10, b: 0.8 };
const SENTENCE = { k: 1.2, b: 0.7 };
const NEIGHBOURS = 30;
/** A vote is the cube of its score: the nearest few decide and the others break ties. */
const VOTE_POWER = 3;
/** A best match on less than this share of the text's terms is chance as much as evidence, and counts for less. */
const FULL_GRIP = 0.2;
/** Neighbours beyond this many change little and cost time; the profiles have every example. */
const MAX_NEIGHBOUR_TEXTS = 20_000;

/**
 * Indexes labels twice: as profiles (all that is known of a label as one document, by words, word pairs and
 * trigrams) and as single texts, the nearest of which vote. The numbers above were chosen on training queries.
 */
export function createLabelIndex(labels: IndexedLabel[]): LabelIndex {
  const told = labels.reduce((sum, label) => sum + toldOf(label), 0);
  const profiles = labels.map((label) => [...ownWords(label), ...label.examples].join('\n'));
  const bm25 = told > 0 ? PROFILE : SENTENCE;
  const byWords = createRanking(profiles, toTopicTerms, bm25);
  const byPairs = createRanking(profiles, toWordPairs, bm25);
  const byTrigrams = createRanking(profiles, toTrigrams, bm25);
  const texts = toNeighbourTexts(labels);
  const byText = createRanking(
    texts.map(({ text }) => text),
    toTopicTerms,
    SENTENCE,
  );

  // The more of the text's terms a profile has, the better: the count weighs on top of their sum.
  const scoreLabels = ({ hits, asked }: Found) => {
    const known = hits.reduce((most, { matched }) => Math.max(most, matched), 0) / asked;
    const grip = Math.min(1, known / FULL_GRIP);
    const scores = spread(
      labels.length,
      hits.map((hit) => [hit.document, hit.score * hit.matched]),
    );
    return relative(scores).map((score) => score * grip);
  };

  const findNearest = (text: string) =>
    byText
      .search(text)
      .hits.toSorted((left, right) => right.score - left.score)
      .slice(0, NEIGHBOURS)
      .flatMap(({ document, score }) => {
        const owner = texts[document];
        return owner ? [{ label: owner.label, example: owner.example, score }] : [];
      });

  return {
    labels,
    density: told / labels.length,
    weigh(text) {
      const own = byWords.search(text);
      const near = findNearest(text);
      const words = scoreLabels(own);
      const pairs = scoreLabels(byPairs.search(text));
      const trigrams = scoreLabels(byTrigrams.search(text));
      const neighbours = relative(
        spread(
          labels.length,
          near.map(({ label, score }) => [label, score ** VOTE_POWER]),
        ),
      );
      const coverage = spread(
        labels.length,
        own.hits.map((hit) => [hit.document, hit.matched / own.asked]),
      );
      return {
        evidence: labels.map((_, label) => ({
          words: words[label] ?? 0,
          pairs: pairs[label] ?? 0,
          trigrams: trigrams[label] ?? 0,
          neighbours: neighbours[label] ?? 0,
          coverage: coverage[label] ?? 0,
        })),
        nearest: near,
      };
    },
  };
}

function toldOf(label: IndexedLabel): number {
  return label.examples.length + (label.description === null ? 0 : 1);
}

function ownWords(label: IndexedLabel): string[] {
  return [splitIdentifier(label.name), ...(label.description === null ? [] : [label.description])];
}

/** Names and descriptions first, then examples in turn, a label one, so that the limit leaves each its share. */
function toNeighbourTexts(labels: IndexedLabel[]) {
  const texts: { label: number; text: string; example: string | null }[] = [];
  for (const [label, entry] of labels.entries()) {
    for (const text of ownWords(entry)) texts.push({ label, text, example: null });
  }
  const longest = Math.max(...labels.map((label) => label.examples.length));
  for (let turn = 0; turn < longest && texts.length < MAX_NEIGHBOUR_TEXTS; turn++) {
    for (const [label, { examples }] of labels.entries()) {
      const text = examples[turn];
      if (text !== undefined) texts.push({ label, text, example: text });
    }
  }
  return texts;
}

/** Sums up what falls to each of `size` labels. */
function spread(size: number, shares: [label: number, amount: number][]): number[] {
  const sums = Array.from({ length: size }, () => 0);
  for (const [label, amount] of shares) sums[label] = (sums[label] ?? 0) + amount;
  return sums;
}

function relative(scores: number[]): number[] {
  const best = Math.max(...scores);
  return best > 0 ? scores.map((score) => score / best) : scores;
}
