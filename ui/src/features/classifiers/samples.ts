import type { NewEvaluation } from '@understudy/shared/client/evaluations';
import { readRecords, toColumns, type LineFault } from '../../format/records.ts';

type Sample = NewEvaluation['samples'][number];

interface Of {
  labels: readonly string[];
  multiLabel: boolean;
}

export interface Samples {
  samples: Sample[];
  /** The line that each sample begins on. */
  lines: number[];
  faults: LineFault[];
  /** How many samples have each label, in the order of the classifier's labels. */
  counts: { label: string; count: number }[];
}

/**
 * Samples out of CSV with the columns `text` and `label` (or `labels`, parted by `|`), or out of lines of JSON with
 * those fields. A line that is no good is named and left out.
 */
export function toSamples(text: string, { labels, multiLabel }: Of): Samples {
  const known = new Set(labels);
  const read = readRecords(text);
  const found: Samples = { samples: [], lines: [], faults: [...read.faults], counts: [] };
  const columns = toColumns(read);
  if (
    columns.length > 0 &&
    !(columns.includes('text') && (columns.includes('label') || columns.includes('labels')))
  ) {
    const detail = 'must name the columns text and label';
    return { ...found, faults: [{ line: 1, detail }] };
  }
  const counts = new Map(labels.map((label) => [label, 0]));
  for (const { line, fields } of read.records) {
    const names = toNames(fields, read.format === 'csv');
    const detail = toFault(fields['text'], names, known, multiLabel);
    if (detail !== null || names === null) {
      found.faults.push({ line, detail: detail ?? '' });
      continue;
    }
    const [label = ''] = names;
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    found.samples.push({ text: String(fields['text']), ...(multiLabel ? { labels: names } : { label }) });
    found.lines.push(line);
  }
  found.faults.sort((a, b) => a.line - b.line);
  return { ...found, counts: [...counts].map(([label, count]) => ({ label, count })) };
}

/** The labels that a line names, null where it has no such field. */
function toNames({ label, labels }: Record<string, unknown>, isCsv: boolean): string[] | null {
  if (isCsv) {
    const cell = String(labels ?? label ?? '');
    const names = labels === undefined ? [cell] : cell.split('|');
    return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
  }
  if (Array.isArray(labels)) return [...new Set(labels.map(String))];
  return typeof label === 'string' ? [label] : null;
}

function toFault(
  text: unknown,
  names: readonly string[] | null,
  known: ReadonlySet<string>,
  multiLabel: boolean,
): string | null {
  if (typeof text !== 'string' || text === '') return 'has no text';
  if (names === null || (names.length === 0 && !multiLabel)) return 'has no label';
  if (names.length > 1 && !multiLabel) return 'has several labels; this classifier gives one';
  const stranger = names.find((name) => !known.has(name));
  return stranger === undefined ? null : `has the label “${stranger}”, which is not one of the classifier’s`;
}
