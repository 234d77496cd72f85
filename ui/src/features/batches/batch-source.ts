import type { NewBatch } from '@understudy/shared/client/batches';
import type { ProblemFault } from '@understudy/shared/client/problem-error';
import type { RejectedItem } from '@understudy/shared/contracts/batch';
import { toFaultWords } from '../../format/field-errors.ts';
import { readRecords, toColumns, type LineFault } from '../../format/records.ts';

/** Pointers of what the form gives to all items. */
export const DEFAULT_FIELDS = ['/defaults/labels', '/defaults/classifier'];

/** What all items that do not say otherwise are sorted into, as it stands in the form. */
export interface SortedInto {
  from: 'labels' | 'classifier' | 'items';
  labels: string[];
  /** Name of a classifier, empty before one was chosen. */
  classifier: string;
}

export function createSortedInto(): SortedInto {
  return { from: 'labels', labels: [], classifier: '' };
}

type Defaults = NonNullable<NewBatch['defaults']>;

/** What holds for all items: what the form sorts them into stands in place of what the file's first line says of that. */
export function toDefaults({ from, labels, classifier }: SortedInto, said: Defaults = {}): Defaults {
  const { labels: _labels, classifier: _classifier, ...others } = said;
  if (from === 'labels' && labels.length > 0) return { ...others, labels };
  if (from !== 'classifier' || classifier === '') return said;
  // These go with labels only; a classifier has its own.
  const { multiLabel: _multiLabel, threshold: _threshold, instructions: _instructions, ...rest } = others;
  return { ...rest, classifier };
}

export interface BatchSource {
  items: NewBatch['items'];
  /** The line that each item begins on. */
  lines: number[];
  /** What the first line of a file of JSON says for all items. */
  head: Pick<NewBatch, 'defaults' | 'atomic'>;
  /** Lines that are no item at all; what is in an item is the API's to judge. */
  faults: LineFault[];
}

/** Items out of CSV (`text`, `customId`, every other column is metadata) or of lines of JSON as the API takes them. */
export function toBatchSource(text: string): BatchSource {
  const read = readRecords(text);
  const source: BatchSource = { items: [], lines: [], head: {}, faults: read.faults };
  const columns = toColumns(read);
  if (columns.length > 0 && !columns.includes('text')) {
    return { ...source, faults: [{ line: 1, detail: 'must name the column text' }] };
  }
  for (const [index, { line, fields }] of read.records.entries()) {
    if (read.format === 'csv') source.items.push(toItem(fields as Record<string, string>));
    else if (index === 0 && ('defaults' in fields || 'atomic' in fields)) {
      source.head = fields as BatchSource['head'];
      continue;
    } else source.items.push(fields as unknown as NewBatch['items'][number]);
    source.lines.push(line);
  }
  return source;
}

/** Empty cells say nothing. */
function toItem({ text = '', customId = '', ...others }: Record<string, string>): NewBatch['items'][number] {
  const metadata = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== ''));
  return {
    text,
    ...(customId ? { customId } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** One fault of an item that was not accepted, where it stands in the file. */
export interface RejectedLine {
  line: number;
  customId: string | null;
  pointer: string;
  detail: string;
}

/** What was not taken, by line: items that the API rejected, and lines that were no item. */
export function toRejectedLines(
  rejected: readonly RejectedItem[],
  lines: readonly number[],
  unread: readonly LineFault[],
): RejectedLine[] {
  return [
    ...unread.map(({ line, detail }) => ({
      line,
      customId: null,
      pointer: '',
      detail: toFaultWords(detail),
    })),
    ...rejected.flatMap(({ index, customId, errors }) =>
      errors.map(({ pointer, detail }) => ({
        line: lines[index] ?? 0,
        customId,
        pointer,
        detail: toFaultWords(detail),
      })),
    ),
  ].toSorted((a, b) => a.line - b.line);
}

/** The same of a batch that was refused whole; what is about no item is left to the notice. */
export function toRefusedLines(faults: readonly ProblemFault[], lines: readonly number[]): RejectedLine[] {
  return faults.flatMap(({ pointer, detail }) => {
    const [, index, rest = ''] = /^\/items\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
    if (index === undefined) return [];
    const line = lines[Number(index)] ?? 0;
    return [{ line, customId: null, pointer: rest, detail: toFaultWords(detail) }];
  });
}
