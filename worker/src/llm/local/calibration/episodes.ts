import { toFeatures } from '../confidence.ts';
import { createLabelIndex } from '../label-index.ts';
import { groupByLabel, type LabelledText } from './labelled-texts.ts';
import { shuffled } from './shuffled.ts';

/** One text against one set of labels. */
export interface Case {
  /** Of each label, as `toFeatures` gives them. */
  features: number[][];
  /** Position of the right label; null for a text that belongs to none of the set. */
  answer: number | null;
  labelCount: number;
  /** How many examples each label had at most. */
  examples: number;
}

const LABEL_COUNTS = [3, 5, 20, Infinity];
const EXAMPLES = [0, 1, 3, 10, 30, 500];
const TEXTS_PER_SETTING = 700;

/**
 * Plays label sets as users bring them: few or many labels, none to 500 examples each, drawn from `known`; the
 * texts come from `asked`, half of them belonging to none of the set (but where the set is every label there is).
 */
export function drawCases(known: LabelledText[], asked: LabelledText[], random: () => number): Case[] {
  const examplesOf = groupByLabel(known);
  const names = [...examplesOf.keys()];
  const cases: Case[] = [];
  for (const wanted of LABEL_COUNTS) {
    const labelCount = Math.min(wanted, names.length);
    for (const examples of EXAMPLES) {
      for (let drawn = 0; drawn < TEXTS_PER_SETTING;) {
        const set = shuffled(names, random).slice(0, labelCount);
        const index = createLabelIndex(
          set.map((name) => ({
            name,
            description: null,
            examples: shuffled(examplesOf.get(name) ?? [], random).slice(0, examples),
          })),
        );
        const inside = asked.filter(({ label }) => set.includes(label));
        const outside = asked.filter(({ label }) => !set.includes(label));
        const most = labelCount < names.length ? Math.max(12, 2 * labelCount) : TEXTS_PER_SETTING;
        const taken = shuffled(inside, random).slice(0, Math.min(most, TEXTS_PER_SETTING - drawn));
        for (const { text, label } of [...taken, ...shuffled(outside, random).slice(0, taken.length)]) {
          const { evidence } = index.weigh(text);
          const position = set.indexOf(label);
          cases.push({
            features: evidence.map((entry) => toFeatures(entry, index.density, labelCount)),
            answer: position < 0 ? null : position,
            labelCount,
            examples,
          });
        }
        drawn += taken.length;
      }
    }
  }
  return cases;
}
