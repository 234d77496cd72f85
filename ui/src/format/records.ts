import { parseCsv } from './csv.ts';
import { isFields } from './is-fields.ts';

/** One record of a file, with the line that it begins on, from 1. */
interface SourceRecord {
  line: number;
  fields: Record<string, unknown>;
}

/** What is wrong with a line. */
export interface LineFault {
  line: number;
  detail: string;
}

export interface Records {
  format: 'csv' | 'ndjson';
  records: SourceRecord[];
  faults: LineFault[];
}

/** Reads CSV with a first line that names its columns, or lines of JSON, whichever it is. */
export function readRecords(text: string): Records {
  const start = text.trimStart().charAt(0);
  return start === '{' || start === '[' ? readLines(text) : readCsv(text);
}

function readLines(text: string): Records {
  const records: SourceRecord[] = [];
  const faults: LineFault[] = [];
  for (const [index, typed] of text.split('\n').entries()) {
    const line = index + 1;
    const json = typed.trim();
    if (json === '') continue;
    const fields = parse(json);
    if (isFields(fields)) records.push({ line, fields });
    else faults.push({ line, detail: 'is not a JSON object in one line' });
  }
  return { format: 'ndjson', records, faults };
}

function readCsv(text: string): Records {
  const { rows, openQuote } = parseCsv(text);
  const [head, ...body] = rows;
  if (openQuote !== null) {
    return {
      format: 'csv',
      records: [],
      faults: [{ line: openQuote, detail: 'has a quote that never ends' }],
    };
  }
  const names = head?.cells.map((name) => name.trim()) ?? [];
  const records: SourceRecord[] = [];
  const faults: LineFault[] = [];
  for (const { line, cells } of body) {
    if (cells.length === names.length) {
      records.push({ line, fields: Object.fromEntries(names.map((name, index) => [name, cells[index]])) });
    } else {
      const detail = `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the first line names ${names.length}`;
      faults.push({ line, detail });
    }
  }
  return { format: 'csv', records, faults };
}

/** The columns that a CSV file names; none for lines of JSON. */
export function toColumns({ format, records }: Records): string[] {
  return format === 'csv' ? Object.keys(records[0]?.fields ?? {}) : [];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
