import type { ClassifierDefinition } from '@understudy/shared/client/classifiers';
import type { ProblemFault } from '@understudy/shared/client/problem-error';
import type { Classifier } from '@understudy/shared/contracts/classifier';
import type { Label } from '@understudy/shared/contracts/label';
import { fromTypedNumber } from '../../format/typed-number.ts';

/** A label as it stands in the form. */
export interface LabelDraft {
  /** Stays the same while the label is renamed and moved. */
  key: number;
  name: string;
  description: string;
  /** One a line, as `fromExampleLines` reads it. */
  examples: string;
}

/** A classifier as it stands in the form. */
export interface ClassifierDraft {
  name: string;
  labels: LabelDraft[];
  instructions: string;
  multiLabel: boolean;
  threshold: string;
}

let lastKey = 0;

export function createLabelDraft(name = '', description = ''): LabelDraft {
  return { key: ++lastKey, name, description, examples: '' };
}

export function createClassifierDraft(): ClassifierDraft {
  const labels = [createLabelDraft(), createLabelDraft()];
  return { name: '', labels, instructions: '', multiLabel: false, threshold: '' };
}

/** A draft that was kept; its keys were made by another page, and may be in use here. */
export function reviveClassifierDraft(draft: ClassifierDraft): ClassifierDraft {
  return { ...draft, labels: draft.labels.map((label) => ({ ...label, key: ++lastKey })) };
}

export function toClassifierDraft(classifier: Classifier): ClassifierDraft {
  const { name, labels, instructions, multiLabel, threshold } = classifier;
  return {
    name,
    labels: labels.map(toLabelDraft),
    instructions: instructions ?? '',
    multiLabel,
    threshold: threshold === null ? '' : String(threshold),
  };
}

/** What the form means. Only a threshold that is no number is refused here; every other rule is the API's. */
export function fromClassifierDraft(
  draft: ClassifierDraft,
): { input: ClassifierDefinition; faults: null } | { input: null; faults: ProblemFault[] } {
  const hasThreshold = draft.multiLabel && draft.threshold.trim() !== '';
  const threshold = hasThreshold ? fromTypedNumber(draft.threshold) : null;
  if (threshold?.fault) {
    return {
      input: null,
      faults: [{ pointer: '/threshold', detail: threshold.fault, code: 'not_a_number' }],
    };
  }
  const input = {
    labels: draft.labels.map(fromLabelDraft),
    instructions: draft.instructions.trim() || null,
    multiLabel: draft.multiLabel,
    threshold: threshold?.value ?? null,
  };
  return { input, faults: null };
}

function toLabelDraft(label: Label): LabelDraft {
  if (typeof label === 'string') return createLabelDraft(label);
  return {
    ...createLabelDraft(label.name, label.description ?? ''),
    examples: toExampleLines(label.examples ?? []),
  };
}

function fromLabelDraft({ name, description, examples }: LabelDraft) {
  const lines = fromExampleLines(examples);
  return {
    name: name.trim(),
    ...(description.trim() ? { description: description.trim() } : {}),
    ...(lines.length > 0 ? { examples: lines } : {}),
  };
}

/** Examples, one a line; one that a line cannot hold as it is stands in quotes, as JSON. */
export function toExampleLines(examples: readonly string[]): string {
  return examples.map((one) => (isPlain(one) ? one : JSON.stringify(one))).join('\n');
}

export function fromExampleLines(lines: string): string[] {
  return lines.split('\n').flatMap((line) => {
    const text = line.trim();
    if (text === '') return [];
    return [text.startsWith('"') && text.endsWith('"') ? parseQuoted(text) : text];
  });
}

function isPlain(example: string): boolean {
  return !/[\r\n]/.test(example) && example === example.trim() && !/^".*"$/.test(example);
}

function parseQuoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * Labels out of a pasted list: one a line, with its description behind a tab, as from a spreadsheet; a single line is
 * parted by commas. Names that are there already are left out.
 */
export function toPastedLabels(pasted: string, present: readonly string[]): LabelDraft[] {
  const lines = pasted.includes('\n') || pasted.includes('\t') ? pasted.split('\n') : pasted.split(',');
  const found = new Map<string, string>();
  for (const line of lines) {
    const [name = '', ...description] = line.split('\t').map((part) => part.trim());
    if (name !== '' && !present.includes(name) && !found.has(name)) found.set(name, description.join(' '));
  }
  return [...found].map(([name, description]) => createLabelDraft(name, description));
}

/** The pointers of all fields of the form, a label's before that of all labels. */
export function toPointers(draft: ClassifierDraft): string[] {
  const ofLabels = draft.labels.flatMap((_, index) =>
    ['name', 'description', 'examples'].map((field) => `/labels/${index}/${field}`),
  );
  return ['/name', '/instructions', '/threshold', ...ofLabels, '/labels'];
}
