import type { ClassifierDefinition } from '@understudy/shared/client/classifiers';
import type { Classifier } from '@understudy/shared/contracts/classifier';
import type { Label } from '@understudy/shared/contracts/label';

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

/** What the form means; every rule is the API's, which also names a threshold that is no number. */
export function fromClassifierDraft(draft: ClassifierDraft): ClassifierDefinition {
  const threshold = draft.multiLabel ? draft.threshold.trim().replace(',', '.') : '';
  return {
    labels: draft.labels.map(fromLabelDraft),
    instructions: draft.instructions.trim() || null,
    multiLabel: draft.multiLabel,
    threshold: threshold === '' ? null : toNumber(threshold),
  };
}

/** JSON has no NaN: what is no number goes as it was typed, so that the API says what is wrong with it. */
function toNumber(typed: string): number {
  const value = Number(typed);
  return Number.isFinite(value) ? value : (typed as unknown as number);
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
