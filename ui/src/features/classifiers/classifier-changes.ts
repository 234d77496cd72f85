import type { Classifier } from '@understudy/shared/contracts/classifier';
import type { Label } from '@understudy/shared/contracts/label';
import { toPlural } from '../../format/number.ts';

type Definition = Pick<Classifier, 'labels' | 'instructions' | 'multiLabel' | 'threshold'>;

/** One thing in which two versions differ. `before` or `after` is null where there was, or is, nothing. */
export interface ClassifierChange {
  what: string;
  before: string | null;
  after: string | null;
}

interface WholeLabel {
  name: string;
  description: string | null;
  examples: readonly string[];
}

/** Examples that a change shows; more are counted. */
const SHOWN_EXAMPLES = 3;

/** What is different in `after`, in the order of the form; empty where both mean the same. */
export function toClassifierChanges(before: Definition, after: Definition): ClassifierChange[] {
  const was = before.labels.map(toWhole);
  const is = after.labels.map(toWhole);
  const wasByName = new Map(was.map((label) => [label.name, label]));
  const names = new Set(is.map(({ name }) => name));
  return [
    ...was.filter(({ name }) => !names.has(name)).map(({ name }) => toChange('Label', name, null)),
    ...is.flatMap((label) => {
      const old = wasByName.get(label.name);
      return old ? toLabelChanges(old, label) : [toChange('Label', null, label.name)];
    }),
    ...toOrderChange(was, is),
    ...toTextChange('Instructions', before.instructions, after.instructions),
    ...toTextChange('Labels of an answer', toMany(before.multiLabel), toMany(after.multiLabel)),
    ...toTextChange('Threshold', toText(before.threshold), toText(after.threshold)),
  ];
}

function toLabelChanges(was: WholeLabel, is: WholeLabel): ClassifierChange[] {
  const gone = was.examples.filter((one) => !is.examples.includes(one));
  const added = is.examples.filter((one) => !was.examples.includes(one));
  const isMoved = JSON.stringify(was.examples) !== JSON.stringify(is.examples);
  return [
    ...toTextChange(`Description of ${is.name}`, was.description, is.description),
    ...(gone.length + added.length > 0
      ? [toChange(`Examples of ${is.name}`, toSample(gone), toSample(added))]
      : []),
    ...(isMoved && gone.length + added.length === 0
      ? [toChange(`Examples of ${is.name}`, null, 'in another order')]
      : []),
  ];
}

function toOrderChange(was: readonly WholeLabel[], is: readonly WholeLabel[]): ClassifierChange[] {
  const toKept = (labels: readonly WholeLabel[], others: readonly WholeLabel[]) =>
    labels.map(({ name }) => name).filter((name) => others.some((one) => one.name === name));
  const [old, now] = [toKept(was, is).join(', '), toKept(is, was).join(', ')];
  return old === now ? [] : [toChange('Order of labels', old, now)];
}

function toTextChange(what: string, before: string | null, after: string | null): ClassifierChange[] {
  return before === after ? [] : [toChange(what, before, after)];
}

function toChange(what: string, before: string | null, after: string | null): ClassifierChange {
  return { what, before, after };
}

function toSample(examples: readonly string[]): string | null {
  if (examples.length === 0) return null;
  const shown = examples.slice(0, SHOWN_EXAMPLES).map((one) => `“${one}”`);
  const rest = examples.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${toPlural(rest, 'more', 'more')}`] : [])].join(', ');
}

function toMany(multiLabel: boolean): string {
  return multiLabel ? 'any number' : 'exactly one';
}

function toText(threshold: number | null): string | null {
  return threshold === null ? null : String(threshold);
}

function toWhole(label: Label): WholeLabel {
  if (typeof label === 'string') return { name: label, description: null, examples: [] };
  return { name: label.name, description: label.description ?? null, examples: label.examples ?? [] };
}
